"""A page for each of one's own addresses: what is in it, whether a calendar loads it, and its secret once."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.feeds.domain import Definition, NameTaken, NoSuchFeed, TooManyFeeds
from tumorboard.feeds.models import FeedToken
from tumorboard.feeds.queries import address_of, changes_since, coming_in, feed_at, offered_to, visits_of
from tumorboard.feeds.schemas import BOARD, INSTITUTION, DefinitionSchema, NameSchema
from tumorboard.feeds.services import define_address, make_address, revoke_address, rotate_address
from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.feeds.views.choices import address_schema, definition_schema, sentence_of
from tumorboard.feeds.views.subscriptions import MEETINGS_SHOWN, overview
from tumorboard.feeds.views.ways import Address, address_of_feed
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import session, transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other, submission
from tumorboard.series.models import Series


@dataclass(frozen=True)
class Fresh:
    """An address just made: its secret is on this one page and nowhere else."""

    name: str
    address: Address


@blueprint.post("/subscriptions/addresses")
@requires(Permission.FEED_SUBSCRIBE)
def make() -> ResponseReturnValue:
    """Make an address and show it, this once."""
    form = submission(address_schema())
    if form.refused:
        return overview(form), 422
    name, what = form.value
    board_id = int(what.removeprefix(BOARD)) if what.startswith(BOARD) else None
    institution_id = g.actor.institution_id if what == INSTITUTION else None
    try:
        with transaction():
            token, secret = make_address(
                name, board_id=board_id, institution_id=institution_id, by=g.actor, now=utc_now()
            )
    except (NameTaken, TooManyFeeds) as error:
        return overview(Submission(typed=form.typed, errors={"name": [error.message]})), 409
    except NoSuchFeed as error:
        return overview(Submission(typed=form.typed, errors={"what": [error.message]})), 422
    return _shown_once(token, secret)


@blueprint.get("/subscriptions/addresses/<id:token_id>")
@requires(Permission.FEED_SUBSCRIBE)
def show_address(token_id: int) -> ResponseReturnValue:
    """What the address opens, and whether a calendar loads it."""
    return _as_it_is(address_of(g.actor.person_id, token_id))


@blueprint.post("/subscriptions/addresses/<id:token_id>")
@requires(Permission.FEED_SUBSCRIBE)
def define(token_id: int) -> ResponseReturnValue:
    """Call it otherwise, or want something else in it."""
    token = address_of(g.actor.person_id, token_id)
    offered = _offered(token)
    schema = _schema(token, offered)
    form = submission(schema)
    if form.refused:
        return _page(token, schema, form), 422
    wanted = _wanted(form.value, offered)
    try:
        with transaction():
            define_address(token, wanted, by=g.actor, now=utc_now())
    except NameTaken as error:
        token = address_of(g.actor.person_id, token_id)
        return _page(token, schema, Submission(typed=form.typed, errors={"name": [error.message]})), 409
    flash(f"“{token.name}” was saved. Calendars show it when they next look.")
    return see_other(url_for("feeds.show_address", token_id=token.id))


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


def _as_it_is(token: FeedToken, *, fresh: Fresh | None = None) -> str:
    offered = _offered(token)
    return _page(token, _schema(token, offered), _asked(token, offered), fresh=fresh)


def _page(
    token: FeedToken, schema: NameSchema | DefinitionSchema, form: Submission, *, fresh: Fresh | None = None
) -> str:
    now = utc_now()
    feed = feed_at(token, zone=g.actor.zone, home="")
    [visit] = visits_of([token], g.actor.zone, now=now)
    missed = changes_since(feed, visit.fetched_at, now=now) if visit.fetched_at and visit.changes else None
    return render_template(
        "feeds/address.html",
        token=token,
        words=sentence_of(token.series, token.institution),
        form=form_view(schema, form.typed, form.errors),
        fresh=fresh,
        visit=visit,
        missed=session().scalars(missed).all() if missed is not None else [],
        meetings=session().scalars(coming_in(feed, now=now).limit(MEETINGS_SHOWN)).unique().all(),
        last_on=local(token.expires_at, g.actor.zone).date(),
        is_expired=token.expires_at <= now,
    )


def _offered(token: FeedToken) -> Sequence[Series]:
    return [] if _is_given(token) else session().scalars(offered_to(g.actor.person_id)).all()


def _schema(token: FeedToken, offered: Sequence[Series]) -> NameSchema | DefinitionSchema:
    return NameSchema() if _is_given(token) else definition_schema(offered)


def _is_given(token: FeedToken) -> bool:
    """Whether nothing is chosen in it: the address is that of a board or of the institution."""
    return bool(token.series_id or token.institution_id)


def _asked(token: FeedToken, offered: Sequence[Series]) -> Submission:
    left_out = {one.series_id for one in token.left_out}
    return Submission(
        typed={
            "name": token.name,
            "series": [one.id for one in offered if one.id not in left_out],
            "with_presenting": token.with_presenting,
            "with_cut_offs": token.with_cut_offs,
        }
    )


def _wanted(sent: "Definition | tuple[Definition, frozenset[int]]", offered: Sequence[Series]) -> Definition:
    """What is not ticked is left out; a board joined later comes by itself."""
    if isinstance(sent, Definition):
        return sent
    definition, chosen = sent
    left_out = frozenset(one.id for one in offered) - chosen
    return Definition(definition.name, definition.with_presenting, definition.with_cut_offs, left_out=left_out)


def _shown_once(token: FeedToken, secret: str) -> ResponseReturnValue:
    """The page itself answers the POST: a redirect would carry the secret in a cookie or an address.

    No address of a page holds the secret, so the usual policy for referrers is strict enough; under a stricter one
    browsers would hide where the forms of this page come from, and those would be refused.
    """
    fresh = Fresh(token.name, Address("address-fresh", address_of_feed("feeds.personal", token=secret)))
    return _as_it_is(token, fresh=fresh), {"Cache-Control": "no-store"}
