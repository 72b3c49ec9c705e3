"""What calendar programs load: no sign-in, no cookie, conditional requests as in RFC 9110.

Whatever opens nothing is answered alike, byte for byte: no answer tells whether a secret once was good.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from flask import Response, current_app, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.http import http_date, is_resource_modified

from tumorboard.accounts.services.throttling import is_stranger_throttled, note_stranger
from tumorboard.accounts.views.sessions import StoredSession
from tumorboard.feeds.calendar import as_it_stands, body_of, refreshed
from tumorboard.feeds.domain import Feed, NoSuchFeed, Standing, Subscriber, client_named, is_fetch_worth_noting, maker
from tumorboard.feeds.queries import (
    PUBLIC_KEY,
    feed_of,
    public_feed,
    series_feed,
    standing_of,
    standing_of_series,
    subscriber_of,
)
from tumorboard.feeds.services import note_fetch
from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.feeds.views.ways import address_of_feed
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, retrying, transaction
from tumorboard.kernel.web import public

log = structlog.get_logger(__name__)
STRANGER_SECONDS = 900
PUBLIC_SECONDS = 300
ROBOTS_SECONDS = 86_400
_SECRET_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@blueprint.get("/feeds/public.ics")
@public
def education() -> ResponseReturnValue:
    """All lectures, grand rounds and symposia."""
    source = address_of_feed("feeds.education")
    answer = _calendar(standing_of(PUBLIC_KEY), lambda: public_feed(home=_home(), source=source))
    return _for_everybody(answer)


@blueprint.get("/feeds/series/<slug:slug>.ics")
@public
def series(slug: str) -> ResponseReturnValue:
    """One public series."""
    source = address_of_feed("feeds.series", slug=slug)
    try:
        standing = standing_of_series(slug)
        answer = _calendar(standing, lambda: series_feed(slug, home=_home(), source=source))
    except NoSuchFeed:
        return _nothing_here()
    return _for_everybody(answer)


@blueprint.get("/feeds/<path:token>.ics")
@public
def personal(token: str) -> ResponseReturnValue:
    """What concerns the owner of the secret in the path."""
    began_at = utc_now()
    try:
        subscriber = subscriber_of(token, now=began_at)
    except NoSuchFeed:
        return _to_stranger()
    answer = _calendar(subscriber.standing, lambda: feed_of(subscriber, home=_home()))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers.update(_SECRET_HEADERS)
    _remember(subscriber, changed_at=answer.last_modified or began_at, began_at=began_at)
    return answer


@blueprint.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Everybody may look: what is secret is not listed here, and Google's calendar reads this file first."""
    _leave_session_alone()
    answer = Response("User-agent: *\nDisallow:\n", mimetype="text/plain")
    answer.cache_control.public, answer.cache_control.max_age = True, ROBOTS_SECONDS
    return answer


def _home() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _for_everybody(answer: Response) -> Response:
    answer.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    return answer


def _calendar(standing: Standing | None, find: Callable[[], Feed]) -> Response:
    """The feed, or a 304 where the client has it already (RFC 9110 13.2.2: tags beat dates)."""
    _leave_session_alone()
    now, feed = utc_now(), None
    if standing is None or not standing.holds(made_by=maker(_home()), now=now):
        feed = find()
        standing = _brought_up(feed, standing)
    # Another form, another strong tag (RFC 9110 8.8.3.3).
    suffix = "-gzip" if request.accept_encodings.quality("gzip") > 0 else ""
    changed_at = min(standing.changed_at, now)
    if not is_resource_modified(request.environ, f'"{standing.etag}{suffix}"', None, changed_at):
        answer = Response(status=304)
        del answer.headers["Content-Type"]
        return _dated(answer, standing.etag + suffix, changed_at)
    etag, body = body_of(feed or find(), standing.etag)
    answer = Response(body.packed if suffix else body.plain, content_type="text/calendar; charset=utf-8")
    if suffix:
        answer.content_encoding = "gzip"
    return _dated(answer, etag + suffix, changed_at if etag == standing.etag else now)


def _dated(answer: Response, tag: str, changed_at: datetime) -> Response:
    answer.headers["ETag"] = f'"{tag}"'
    answer.headers["Last-Modified"] = http_date(changed_at)
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def _brought_up(feed: Feed, standing: Standing | None) -> Standing:
    """What the feed says now; where nothing can be written, it is still read."""
    try:
        return refreshed(feed, standing)
    except OperationalError as error:
        db.session.rollback()
        log.error("feed not noted", key=feed.key, error=type(error.orig).__name__)
        return as_it_stands(feed, standing)


def _to_stranger() -> Response:
    """Nothing, and after too many tries not even that; why an address opens nothing makes no difference to either.

    A good address is always served: calendars of one hospital, and of all who use Google's, share an address.
    """
    address, now = request.remote_addr or "", utc_now()
    if is_stranger_throttled(address, now=now):
        answer = _nothing_here()
        answer.status_code, answer.headers["Retry-After"] = 429, str(STRANGER_SECONDS)
        answer.set_data("Too many addresses without a calendar were asked for. Wait, then try again.\n")
        return answer
    try:
        retrying(lambda: _note_stranger(address))
    except OperationalError:
        db.session.rollback()
    return _nothing_here()


def _note_stranger(address: str) -> None:
    with transaction():
        note_stranger(address, now=utc_now())


def _nothing_here() -> Response:
    _leave_session_alone()
    answer = Response("There is no calendar at this address.\n", status=404, mimetype="text/plain")
    answer.cache_control.private, answer.cache_control.no_store = True, True
    answer.headers.update(_SECRET_HEADERS)
    return answer


def _remember(subscriber: Subscriber, *, changed_at: datetime, began_at: datetime) -> None:
    """Note the visit in a transaction of its own; a busy or full disk must not keep anybody from reading."""
    if not is_fetch_worth_noting(subscriber.fetched_at, changed_at=changed_at, now=began_at):
        return
    try:
        retrying(lambda: _note(subscriber.token_id, client_named(request.user_agent.string), changed_at, began_at))
    except OperationalError:
        return


def _note(token_id: int, client: str, changed_at: datetime, began_at: datetime) -> None:
    with transaction():
        note_fetch(token_id, client=client, changed_at=changed_at, now=began_at)


def _leave_session_alone() -> None:
    """A signed-in browser gets no cookie with a feed, for caches to keep, nor is kept signed in by one."""
    if isinstance(session, StoredSession):
        session.clear()
        session.token, session.modified = None, False
