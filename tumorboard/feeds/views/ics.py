"""What calendar programs load: no sign-in, no cookie, conditional requests as in RFC 9110.

Whatever opens nothing is answered alike, byte for byte: no answer tells whether a secret once was good.
"""

import gzip
import hashlib
from typing import Any

from flask import Response, current_app, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as BaseResponse

from tumorboard.accounts.views.sessions import StoredSession
from tumorboard.feeds.calendar import feed_bytes
from tumorboard.feeds.domain import Feed, NoSuchFeed, Subscriber, client_named, is_fetch_worth_noting
from tumorboard.feeds.queries import personal_feed, public_feed, series_feed, subscriber_of
from tumorboard.feeds.services import note_fetch
from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import retrying, transaction
from tumorboard.kernel.web import public

PUBLIC_SECONDS = 300
ROBOTS_SECONDS = 86_400
_SECRET_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@blueprint.get("/feeds/public.ics")
@public
def education() -> ResponseReturnValue:
    """All lectures, grand rounds and symposia."""
    source = address_of_feed("feeds.education")
    return _public_answer(public_feed(home=current_app.config["PUBLIC_URL"], source=source, now=utc_now()))


@blueprint.get("/feeds/series/<slug:slug>.ics")
@public
def series(slug: str) -> ResponseReturnValue:
    """One public series."""
    source = address_of_feed("feeds.series", slug=slug)
    try:
        feed = series_feed(slug, home=current_app.config["PUBLIC_URL"], source=source, now=utc_now())
    except NoSuchFeed:
        return _nothing_here()
    return _public_answer(feed)


@blueprint.get("/feeds/<path:token>.ics")
@public
def personal(token: str) -> ResponseReturnValue:
    """What concerns the owner of the secret in the path."""
    now = utc_now()
    try:
        subscriber = subscriber_of(token, now=now)
    except NoSuchFeed:
        return _nothing_here()
    answer = _calendar_answer(personal_feed(subscriber, home=current_app.config["PUBLIC_URL"], now=now))
    answer.cache_control.private, answer.cache_control.no_cache = True, True
    answer.headers.update(_SECRET_HEADERS)
    _remember(subscriber)
    return _unless_known(answer)


@blueprint.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Everybody may look: what is secret is not listed here, and Google's calendar reads this file first."""
    _leave_session_alone()
    answer = Response("User-agent: *\nDisallow:\n", mimetype="text/plain")
    answer.cache_control.public, answer.cache_control.max_age = True, ROBOTS_SECONDS
    return answer


def address_of_feed(endpoint: str, **values: Any) -> str:
    """Return the address as it is given away; its host comes from the configuration, never from a request."""
    return f"{current_app.config['PUBLIC_URL']}{url_for(endpoint, **values)}"


def _public_answer(feed: Feed) -> BaseResponse:
    answer = _calendar_answer(feed)
    answer.cache_control.public, answer.cache_control.max_age = True, PUBLIC_SECONDS
    return _unless_known(answer)


def _calendar_answer(feed: Feed) -> Response:
    _leave_session_alone()
    body = feed_bytes(feed)
    tag = hashlib.sha256(body).hexdigest()[:32]
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    if request.accept_encodings.quality("gzip") > 0:
        # Another form, another strong tag (RFC 9110 8.8.3.3); without a time inside its bytes stay the same.
        answer.set_data(gzip.compress(body, mtime=0))
        answer.content_encoding = "gzip"
        tag += "-gzip"
    answer.set_etag(tag)
    answer.last_modified = feed.changed_at
    answer.vary.add("Accept-Encoding")
    return answer


def _unless_known(answer: Response) -> BaseResponse:
    """Turn the answer into a 304 where the client has it already (RFC 9110 13.2.2: tags beat dates)."""
    answer.make_conditional(request)
    del answer.headers["Date"]  # the server adds its own, and two are one too many
    return answer


def _nothing_here() -> Response:
    _leave_session_alone()
    answer = Response("There is no calendar at this address.\n", status=404, mimetype="text/plain")
    answer.cache_control.private, answer.cache_control.no_store = True, True
    answer.headers.update(_SECRET_HEADERS)
    return answer


def _remember(subscriber: Subscriber) -> None:
    """Note the visit in a transaction of its own; a busy or full disk must not keep anybody from reading."""
    if not is_fetch_worth_noting(subscriber.fetched_at, now=utc_now()):
        return
    try:
        retrying(lambda: _note(subscriber.token_id, client_named(request.user_agent.string)))
    except OperationalError:
        return


def _note(token_id: int, client: str) -> None:
    with transaction():
        note_fetch(token_id, client=client, now=utc_now())


def _leave_session_alone() -> None:
    """A signed-in browser gets no cookie with a feed, for caches to keep, nor is kept signed in by one."""
    if isinstance(session, StoredSession):
        session.clear()
        session.token, session.modified = None, False
