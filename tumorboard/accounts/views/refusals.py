"""Refusals in the audit trail: who was denied what, or looked for what is missing or not theirs."""

import structlog
from flask import Response, g, request
from sqlalchemy.exc import DBAPIError

from tumorboard.accounts.domain import Actor
from tumorboard.audit.domain import Outcome
from tumorboard.audit.services import record
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, transaction
from tumorboard.kernel.web.setup import CodeConverter, IdConverter, SlugConverter

log = structlog.get_logger(__name__)
_FORBIDDEN, _MISSING = 403, 404
# Only what names a thing is kept: an address may also hold a secret.
_NAMES = (CodeConverter, IdConverter, SlugConverter)


def note_refusal(answer: Response) -> Response:
    """Record that a signed-in person was refused, in a transaction of its own."""
    actor = g.get("actor")
    refused = answer.status_code == _FORBIDDEN or (answer.status_code == _MISSING and request.view_args)
    if actor is None or request.endpoint is None or not refused:
        return answer
    details = {"status": answer.status_code, **_named()}
    try:
        retrying(lambda: _store(actor, str(request.endpoint), details))
    except DBAPIError as error:  # a full disk must not make an error page of a refusal, which shows nothing
        log.error("refusal not recorded", exc_info=error)
    return answer


def _named() -> dict[str, str]:
    """What the address names: ids, codes and readable names, as text."""
    converters = request.url_rule._converters if request.url_rule else {}
    values = request.view_args or {}
    return {name: str(value) for name, value in values.items() if isinstance(converters.get(name), _NAMES)}


def _store(actor: Actor, endpoint: str, details: dict[str, object]) -> None:
    with transaction():
        record(
            "request.refused",
            by=actor,
            outcome=Outcome.REFUSED,
            subject="endpoint",
            subject_id=endpoint,
            details=details,
            now=utc_now(),
        )
