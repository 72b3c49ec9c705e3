"""The page on which people subscribe."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.feeds.domain import MOST_TOKENS, NameTaken, TooManyFeeds
from tumorboard.feeds.models import FeedToken
from tumorboard.feeds.queries import (
    address_of,
    addresses_of,
    boards_sat_on,
    followed_by,
    public_series,
    public_series_called,
)
from tumorboard.feeds.schemas import AddressSchema
from tumorboard.feeds.services import (
    follow_series,
    make_address,
    revoke_address,
    rotate_address,
    unfollow_series,
)
from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.feeds.views.ics import address_of_feed
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission
from tumorboard.series.models import Series


@dataclass(frozen=True)
class Address:
    """One feed's address in the forms that programs take."""

    id: str
    https: str

    @property
    def webcal(self) -> str:
        """For programs on one's own machine, which open it at a click."""
        parts = urlsplit(self.https)
        return f"webcal://{parts.netloc}{parts.path}"

    @property
    def google(self) -> str:
        """Google's page that asks whether to add it."""
        return f"https://calendar.google.com/calendar/r?cid={quote(self.webcal, safe='')}"

    @property
    def outlook(self) -> str:
        """Outlook on the web refuses webcal."""
        return f"https://outlook.live.com/calendar/0/addfromweb?url={quote(self.https, safe='')}"


@dataclass(frozen=True)
class PublicFeed:
    """A public feed as the page shows it."""

    title: str
    words: str
    address: Address
    series: Series | None = None
    is_followed: bool = False


@dataclass(frozen=True)
class Fresh:
    """An address just made: its secret is on this one page and nowhere else."""

    name: str
    address: Address


@blueprint.get("/subscriptions")
@requires(Permission.FEED_SUBSCRIBE)
def subscriptions() -> ResponseReturnValue:
    """All feeds one can subscribe to."""
    return _page(Submission())


@blueprint.post("/subscriptions/addresses")
@requires(Permission.FEED_SUBSCRIBE)
def make() -> ResponseReturnValue:
    """Make a personal address and show it, this once."""
    form = submission(AddressSchema())
    if form.refused:
        return _page(form), 422
    try:
        with transaction():
            token, secret = make_address(form.value, by=g.actor, now=utc_now())
    except (NameTaken, TooManyFeeds) as error:
        return _page(Submission(typed=form.typed, errors={"name": [error.message]})), 409
    return _shown_once(token, secret)


@blueprint.post("/subscriptions/addresses/<id:token_id>/rotation")
@requires(Permission.FEED_SUBSCRIBE)
def rotate(token_id: int) -> ResponseReturnValue:
    """Replace the secret and show the new one, this once."""
    token = address_of(g.actor.person_id, token_id)
    with transaction():
        secret = rotate_address(token, by=g.actor, now=utc_now())
    return _shown_once(token, secret)


@blueprint.post("/subscriptions/addresses/<id:token_id>/revocation")
@requires(Permission.FEED_SUBSCRIBE)
def revoke(token_id: int) -> ResponseReturnValue:
    """End an address."""
    token = address_of(g.actor.person_id, token_id)
    with transaction():
        revoke_address(token, by=g.actor, now=utc_now())
    flash(f"The address “{token.name}” was revoked. It opens nothing any more.")
    return see_other(url_for("feeds.subscriptions") + "#mine")


@blueprint.post("/subscriptions/series/<slug:slug>/follow")
@requires(Permission.FEED_SUBSCRIBE)
def follow(slug: str) -> ResponseReturnValue:
    """Put a public series into one's own calendar."""
    series = public_series_called(slug)
    with transaction():
        follow_series(series, by=g.actor, now=utc_now())
    flash(f"You follow {series.name}. It is in your personal calendar now.")
    return see_other(url_for("feeds.subscriptions") + f"#{slug}")


@blueprint.post("/subscriptions/series/<slug:slug>/unfollow")
@requires(Permission.FEED_SUBSCRIBE)
def unfollow(slug: str) -> ResponseReturnValue:
    """Take it out again."""
    series = public_series_called(slug)
    with transaction():
        unfollow_series(series, by=g.actor, now=utc_now())
    flash(f"You no longer follow {series.name}.")
    return see_other(url_for("feeds.subscriptions") + f"#{slug}")


def _page(form: Submission, *, fresh: Fresh | None = None) -> str:
    person_id, now = g.actor.person_id, utc_now()
    tokens = db.session.scalars(addresses_of(person_id)).all()
    return render_template(
        "feeds/subscriptions.html",
        form=form_view(AddressSchema(), form.typed, form.errors),
        fresh=fresh,
        tokens=[(token, local(token.expires_at, g.actor.zone).date(), token.expires_at <= now) for token in tokens],
        is_full=len(tokens) >= MOST_TOKENS,
        boards=db.session.scalars(boards_sat_on(person_id)).all(),
        feeds=_public_feeds(set(db.session.scalars(followed_by(person_id)))),
    )


def _public_feeds(followed: set[int]) -> list[PublicFeed]:
    address = Address("address-all", address_of_feed("feeds.education"))
    words = "Every lecture series, grand rounds and the symposium."
    whole = PublicFeed("All lectures and grand rounds", words, address)
    return [whole, *(_of_series(series, followed) for series in db.session.scalars(public_series()))]


def _of_series(series: Series, followed: set[int]) -> PublicFeed:
    address = Address(f"address-{series.slug}", address_of_feed("feeds.series", slug=series.slug))
    words = series.description or series.kind.label
    return PublicFeed(series.name, words, address, series, series.id in followed)


def _shown_once(token: FeedToken, secret: str) -> ResponseReturnValue:
    """The page itself answers the POST: a redirect would carry the secret in a cookie or an address."""
    fresh = Fresh(token.name, Address("address-fresh", address_of_feed("feeds.personal", token=secret)))
    return _page(Submission(), fresh=fresh), {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
