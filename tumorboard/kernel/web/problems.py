"""Every error as a page in the product's own shell, or as problem details (RFC 9457) for JSON."""

from typing import Any

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from tumorboard.kernel.db import db, is_conflict, is_out_of_reach
from tumorboard.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooManyRequests,
    TumorboardError,
    Unauthenticated,
    Unavailable,
)
from tumorboard.kernel.web.access import SAFE_METHODS
from tumorboard.kernel.web.answers import wants_fragment, wants_json

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = 5
_PAGES = {400, 401, 403, 404, 409, 413, 422, 429, 500, 503}


class TooLarge(TumorboardError):
    """More was sent than is taken."""

    status = 413
    title = "That is too large"


class MethodNotAllowed(TumorboardError):
    """The address exists, the method does not."""

    status = 405
    title = "This address does not take that"


class Fault(TumorboardError):
    """A bug of ours."""

    status = 500
    title = "Something went wrong on our side"


def install_problems(app: Flask) -> None:
    """Translate every exception that leaves a view, once, here."""
    app.register_error_handler(TumorboardError, answer_with)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(StaleDataError, _from_stale)
    app.register_error_handler(StatementError, _from_database)
    app.register_error_handler(OverflowError, lambda _: answer_with(Invalid("A number is out of range.")))
    app.register_error_handler(Exception, _from_bug)


def answer_with(error: TumorboardError) -> BaseResponse:
    """Answer with the error's page or its problem details."""
    db.session.rollback()
    if isinstance(error, Unauthenticated) and _can_be_sent_to_sign_in():
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")), code=303)
    answer = _as_problem(error) if _speaks_json() else _as_page(error)
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _can_be_sent_to_sign_in() -> bool:
    return request.method in SAFE_METHODS and not _speaks_json()


def _speaks_json() -> bool:
    return wants_fragment() or "X-Autosave" in request.headers or wants_json()


def _as_problem(error: TumorboardError) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": error.title, "status": error.status}
    body |= {"detail": error.message, "message": error.message, "request_id": g.get("request_id")}
    if isinstance(error, Invalid) and error.fields:
        body["errors"] = error.fields
    answer = jsonify(body)
    answer.status_code = error.status
    answer.content_type = "application/problem+json"
    return answer


def _as_page(error: TumorboardError) -> Response:
    status = error.status if error.status in _PAGES else 400
    shown = {"title": error.title, "message": error.message, "request_id": g.get("request_id")}
    try:
        shown["again"] = _is_page()
        page = render_template(f"errors/{status}.html", error=shown)
    except Exception as fault:  # the page itself may need what is broken: no host, no database
        log.error("error page failed", exc_info=fault)
        return Response(f"{error.title}. {error.message}\n", status=error.status, mimetype="text/plain")
    return Response(page, status=error.status, mimetype="text/html")


def _is_page() -> bool:
    """Whether what was asked for can be loaded again: many addresses take a form and nothing else."""
    routes = current_app.create_url_adapter(request)
    return routes is not None and routes.test(method="GET")


def _from_http(error: HTTPException) -> BaseResponse:
    if error.response is not None or (error.code or 500) < 400:
        return BaseResponse.force_type(error.get_response(), request.environ)  # a redirect of the router
    if isinstance(error, CSRFError):
        return answer_with(_csrf_refusal())
    answer = answer_with(_translated(error))
    for name, value in error.get_headers(request.environ):
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _csrf_refusal() -> TumorboardError:
    if "_user_id" not in session:
        return Unauthenticated(
            "What you sent just now was not stored; what was saved before is. Sign in and send it again."
        )
    return TumorboardError("This form is too old or came from another place. Open the page again and repeat.")


def _translated(error: HTTPException) -> TumorboardError:
    code = error.code or 500
    if code in _SAID:
        kind, sentence = _SAID[code]
        return kind(sentence)
    if code >= 500:
        return Fault(_OURS)
    return TumorboardError("The request could not be understood, so nothing was stored.")


_OURS = "Nothing was stored. Try again; if it happens again, tell us the number below."
_SAID: dict[int, tuple[type[TumorboardError], str]] = {
    401: (Unauthenticated, "Sign in to go on."),
    403: (Forbidden, "Your part in the alliance does not include this."),
    404: (NotFound, "The address may be mistyped, or the page is not one that you can see."),
    405: (MethodNotAllowed, "The address exists, but it does not take this kind of request."),
    409: (Conflict, "Somebody else was faster. Open the page again to see what changed."),
    413: (TooLarge, "Nothing was stored. Send less at a time."),
    422: (Invalid, "Some fields were refused."),
    429: (TooManyRequests, "Wait a little, then try again."),
    503: (Unavailable, "Nothing was stored. Try again in a moment."),
}


def _from_stale(_error: StaleDataError) -> BaseResponse:
    return answer_with(Conflict("Somebody else changed this while you were at it. Nothing of yours was stored."))


def _from_database(error: StatementError) -> BaseResponse:
    if isinstance(error, IntegrityError):
        return answer_with(Conflict("This collides with something that was stored meanwhile."))
    if isinstance(error, DataError) or not isinstance(error, DBAPIError):
        return answer_with(Invalid("A value is out of range.")) if _is_overflow(error) else _from_bug(error)
    if is_conflict(error):
        return answer_with(Conflict("Many people are working at this. Nothing was stored; try again."))
    if is_out_of_reach(error):
        log.error("database out of reach", exc_info=error)
        return answer_with(Unavailable("The database does not answer. Nothing was stored; try again in a moment."))
    return _from_bug(error)


def _is_overflow(error: StatementError) -> bool:
    return isinstance(error, DataError) or isinstance(error.orig, OverflowError)


def _from_bug(error: Exception) -> BaseResponse:
    log.error("unhandled exception", exc_info=error)
    return answer_with(Fault(_OURS))
