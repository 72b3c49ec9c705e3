"""The page on which people subscribe, and a page for each feed that is open to everybody."""

from dataclasses import dataclass

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.feeds.domain import MOST_TOKENS, Feed
from tumorboard.feeds.models import FeedToken
from tumorboard.feeds.queries import (
    addresses_of,
    coming_in,
    followed_by,
    public_feed,
    public_series,
    public_series_called,
    series_feed,
    visits_of,
)
from tumorboard.feeds.schemas import MINE
from tumorboard.feeds.services import follow_series, unfollow_series
from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.feeds.views.choices import address_schema, sentence_of
from tumorboard.feeds.views.ways import Address, address_of_feed
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, session, transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other
from tumorboard.series.models import Series

MEETINGS_SHOWN = 8


@dataclass(frozen=True)
class PublicFeed:
    """A public feed as pages show it."""

    title: str
    words: str
    url: str
    address: Address
    series: Series | None = None
    is_followed: bool = False


@blueprint.get("/subscriptions")
@requires(Permission.FEED_SUBSCRIBE)
def subscriptions() -> ResponseReturnValue:
    """One's own addresses, and all feeds that are open to everybody."""
    return overview(Submission(typed={"what": MINE}))


@blueprint.get("/subscriptions/education")
@requires(Permission.FEED_SUBSCRIBE)
def show_education() -> ResponseReturnValue:
    """What is in the feed of all education."""
    source = address_of_feed("feeds.education")
    return _feed_page(_of_education(), public_feed(home="", source=source))


@blueprint.get("/subscriptions/series/<slug:slug>")
@requires(Permission.FEED_SUBSCRIBE)
def show_series_feed(slug: str) -> ResponseReturnValue:
    """What is in the feed of one public series."""
    series = public_series_called(slug)
    feed = series_feed(slug, home="", source=address_of_feed("feeds.series", slug=slug))
    return _feed_page(_of_series(series, set(session().scalars(followed_by(g.actor.person_id)))), feed)


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


def overview(form: Submission) -> str:
    """The page with one's own addresses, what can be subscribed to, and how."""
    now = utc_now()
    tokens = db.session.scalars(addresses_of(g.actor.person_id)).all()
    return render_template(
        "feeds/subscriptions.html",
        form=form_view(address_schema(), form.typed, form.errors),
        tokens=list(zip(tokens, map(_about, tokens), visits_of(tokens, g.actor.zone, now=now), strict=True)),
        is_full=len(tokens) >= MOST_TOKENS,
        feeds=_public_feeds(),
    )


def _about(token: FeedToken) -> str:
    return sentence_of(token.series, token.institution)


def _feed_page(feed: PublicFeed, opened: Feed) -> str:
    now = utc_now()
    meetings = session().scalars(coming_in(opened, now=now).limit(MEETINGS_SHOWN)).unique().all()
    return render_template("feeds/feed.html", feed=feed, meetings=meetings)


def _public_feeds() -> list[PublicFeed]:
    followed = set(session().scalars(followed_by(g.actor.person_id)))
    return [_of_education(), *(_of_series(series, followed) for series in session().scalars(public_series()))]


def _of_education() -> PublicFeed:
    address = Address("address-all", address_of_feed("feeds.education"))
    words = "Every lecture series, grand rounds and the symposium."
    return PublicFeed("All lectures and grand rounds", words, url_for("feeds.show_education"), address)


def _of_series(series: Series, followed: set[int]) -> PublicFeed:
    address = Address(f"address-{series.slug}", address_of_feed("feeds.series", slug=series.slug))
    url = url_for("feeds.show_series_feed", slug=series.slug)
    return PublicFeed(series.name, series.description or series.kind.label, url, address, series, series.id in followed)
