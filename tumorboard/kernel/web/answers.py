"""The kinds of answers a view gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, redirect, request, url_for
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response as BaseResponse

from tumorboard.kernel.db import db

LARGEST_PAGE = 100_000


def wants_fragment() -> bool:
    """Whether script on a page asks for one part of it."""
    return request.headers.get("X-Fragment") == "1"


def wants_json() -> bool:
    """Whether the client speaks JSON rather than HTML."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return request.is_json or (best is not None and best != "text/html")


def fragment(html: str, message: str, *, status: int = 200) -> Response:
    """Answer script with the new part of the page and the sentence that is read aloud."""
    answer = jsonify(html=html, message=message)
    answer.status_code = status
    return answer


def see_other(location: str) -> BaseResponse:
    """Send the browser on after a successful act, so that a reload repeats nothing."""
    return redirect(location, code=303)


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, and where the neighbours are."""

    rows: Sequence[Any]
    first: int
    last: int
    total: int
    previous_url: str | None
    next_url: str | None


def page_of(statement: Select[Any], *, size: int = 50) -> Page:
    """Return the page of the statement's first entities that `?page=` asks for."""
    number = max(1, min(request.args.get("page", 1, type=int), LARGEST_PAGE))
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    first = (number - 1) * size + 1
    return Page(
        rows=rows,
        first=first if rows else 0,
        last=first + len(rows) - 1 if rows else 0,
        total=total,
        previous_url=_page_url(number - 1) if number > 1 else None,
        next_url=_page_url(number + 1) if first + len(rows) - 1 < total else None,
    )


def _page_url(number: int) -> str:
    assert request.endpoint is not None
    return url_for(request.endpoint, **{**(request.view_args or {}), **request.args.to_dict(), "page": number})
