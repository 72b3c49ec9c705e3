"""The short way to a feed that a poll has seen before: a look at how it stands, before any of the rest begins.

Calendars ask all day and mostly hear that nothing is new. Sessions, forms and sign-in have no part in that answer, so
it is given in front of them, from the same statements and with the same headers. Whatever is not plain (nobody's
secret, a stale feed, a visit to be noted) goes the long way.
"""

import secrets
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from flask import Flask
from sqlalchemy import Select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import http_date, is_resource_modified, parse_accept_header
from werkzeug.sansio.utils import host_is_trusted

from tumorboard.feeds.calendar import kept_body
from tumorboard.feeds.domain import Standing, is_fetch_worth_noting, is_token, maker, token_hash
from tumorboard.feeds.queries import HOLDER, PUBLIC_KEY, STANDING_OF_KEY, STANDING_OF_SLUG, standing_in
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import Prepared, db
from tumorboard.kernel.web.headers import REFERRER, SECURITY, TRANSPORT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)
DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)
FOLDER, ENDING = "/feeds/", ".ics"
FOR_EVERYBODY = {"Referrer-Policy": REFERRER, "Cache-Control": "public, max-age=300"}
FOR_ONE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "private, no-cache"}


@dataclass(frozen=True)
class Asked:
    """What a path asks for: the route's name, the statement that knows of it, and its headers."""

    endpoint: str
    statement: Select[*tuple[Any, ...]]
    values: dict[str, object]
    headers: dict[str, str]


class Door:
    """Answers what it can at once and hands on all else."""

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._app, self._inner = app, inner
        self._prepared: dict[str, Prepared] = {}

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"} and environ["PATH_INFO"].startswith(FOLDER):
            began, now = time.perf_counter(), utc_now()
            asked = _asked(environ["PATH_INFO"], now)
            standing = self._standing(environ, asked, now) if asked else None
            answer = _answer(environ, standing, now) if standing else None
            if asked and answer:
                return _send(environ, start, asked, *answer, began=began)
        return self._inner(environ, start)

    def _standing(self, environ: "WSGIEnvironment", asked: Asked, now: datetime) -> Standing | None:
        """How the feed stands, if it is fresh, the secret good and the visit noted lately."""
        if not host_is_trusted(environ.get("HTTP_HOST", ""), self._app.config["TRUSTED_HOSTS"]):
            return None
        try:
            row = self._look(asked)
        except (SQLAlchemyError, *DRIVER_ERRORS):
            return None  # the long way says what is wrong
        standing = standing_in(row)
        if (
            row is None
            or standing is None
            or not standing.holds(made_by=maker(self._app.config["PUBLIC_URL"]), now=now)
        ):
            return None
        is_personal = asked.statement is HOLDER
        is_visit = is_personal and is_fetch_worth_noting(row[-1], changed_at=standing.changed_at, now=now)
        return None if is_visit else standing

    def _look(self, asked: Asked) -> tuple[Any, ...] | None:
        prepared = self._prepared.get(asked.endpoint)
        if prepared is None:
            with self._app.app_context():
                prepared = self._prepared[asked.endpoint] = Prepared(asked.statement, db.engine)
        return prepared.one_or_none(**asked.values)


def install_door(app: Flask) -> None:
    """Put the door in front of the application."""
    app.wsgi_app = Door(app, app.wsgi_app)  # type: ignore[assignment,method-assign]  # as Flask's documentation does


def _asked(path: str, now: datetime) -> Asked | None:
    name = path.removeprefix(FOLDER)
    if not name.endswith(ENDING):
        return None
    name = name.removesuffix(ENDING)
    if name == "public":
        return Asked("feeds.education", STANDING_OF_KEY, {"key": PUBLIC_KEY}, FOR_EVERYBODY)
    if name.startswith("series/"):
        return Asked("feeds.series", STANDING_OF_SLUG, {"slug": name.removeprefix("series/")}, FOR_EVERYBODY)
    if not is_token(name):
        return None
    return Asked("feeds.personal", HOLDER, {"token_hash": token_hash(name), "now": now}, FOR_ONE)


def _answer(environ: "WSGIEnvironment", standing: Standing, now: datetime) -> tuple[int, dict[str, str], bytes] | None:
    wants_gzip = _wants_gzip(environ.get("HTTP_ACCEPT_ENCODING"))
    tag = f'"{standing.etag}{"-gzip" if wants_gzip else ""}"'
    changed_at = min(standing.changed_at, now)
    headers = {"ETag": tag, "Vary": "Accept-Encoding"}
    # Most programs send back what they were given; only the others need the whole of RFC 9110's rules.
    if environ.get("HTTP_IF_NONE_MATCH") == tag or not is_resource_modified(environ, tag, None, changed_at):
        return 304, headers, b""
    body = kept_body(standing.etag)
    if body is None:
        return None
    sent = body.packed if wants_gzip else body.plain
    headers |= {"Last-Modified": http_date(changed_at), "Content-Length": str(len(sent))}
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    return 200, headers | ({"Content-Encoding": "gzip"} if wants_gzip else {}), sent


@lru_cache(maxsize=64)
def _wants_gzip(accepted: str | None) -> bool:
    return parse_accept_header(accepted).quality("gzip") > 0


def _send(
    environ: "WSGIEnvironment",
    start: "StartResponse",
    asked: Asked,
    status: int,
    headers: dict[str, str],
    body: bytes,
    *,
    began: float,
) -> Iterable[bytes]:
    request_id = secrets.token_hex(6)
    transport = TRANSPORT if environ["wsgi.url_scheme"] == "https" else {}
    whole = {**headers, **SECURITY, **asked.headers, **transport, "X-Request-Id": request_id}
    phrase = HTTPStatus(status)
    log.info(
        "request",
        request_id=request_id,
        method=environ["REQUEST_METHOD"],
        endpoint=asked.endpoint,
        status=status,
        phrase=phrase.name,
        milliseconds=round((time.perf_counter() - began) * 1000, 1),
    )
    start(f"{status} {phrase.phrase}", list(whole.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
