"""The page on which people say how meetings reach them, and see what they were sent by mail."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission, TooManyTries
from tumorboard.feeds.domain.invitations import Answer, Delivery, InvitationState
from tumorboard.feeds.models import MeetingInvitation
from tumorboard.feeds.queries import delivery_of, invitations_of
from tumorboard.feeds.schemas import DeliverySchema
from tumorboard.feeds.services import choose_delivery
from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, page_of, requires, see_other, submission

# What a state and an answer are called, with tint and icon.
STATES = {
    InvitationState.INVITED: ("Invited", "good", "mail"),
    InvitationState.UNDELIVERED: ("Mail refused", "stop", "circle-alert"),
    InvitationState.CANCELLED: ("Cancelled", "stop", "ban"),
    InvitationState.WITHDRAWN: ("Taken back", "", "undo-2"),
    InvitationState.UNSENT: ("Not sent yet", "warn", "clock"),
}
ANSWERS = {
    Answer.ACCEPTED: ("Accepted", "good", "check"),
    Answer.DECLINED: ("Declined", "stop", "x"),
    Answer.TENTATIVE: ("Tentative", "warn", "clock"),
}
FLASHES = {
    Delivery.FEED: "No more invitations are sent. Those of coming meetings are taken back by mail within a minute.",
    Delivery.INVITATIONS: "The meetings of the next four weeks are on their way by mail; later ones follow in time.",
    Delivery.BOTH: "Invitations are on their way by mail. Your subscription goes on, so each meeting shows twice.",
}


@dataclass(frozen=True)
class Row:
    """One invitation as the page lists it."""

    invitation: MeetingInvitation
    state: tuple[str, str, str]
    answer: tuple[str, str, str] | None
    sent_at: datetime | None


@blueprint.get("/invitations")
@requires(Permission.FEED_SUBSCRIBE)
def show_invitations() -> ResponseReturnValue:
    """How meetings reach one, and what was sent."""
    return _invitations_page(Submission(typed={"delivery": delivery_of(g.actor.person_id)}))


@blueprint.post("/invitations")
@requires(Permission.FEED_SUBSCRIBE)
def choose() -> ResponseReturnValue:
    """Take the choice; mails follow within seconds."""
    form = submission(DeliverySchema())
    if form.refused:
        return _invitations_page(form), 422
    try:
        with transaction():
            is_new = choose_delivery(form.value, by=g.actor, now=utc_now())
    except TooManyTries as error:
        sentence = f"You turned invitations on several times. {error.message}"
        page = _invitations_page(Submission(typed=form.typed, errors={"delivery": [sentence]}))
        return page, error.status, {"Retry-After": str(error.retry_after)}
    flash(FLASHES[form.value] if is_new else "Nothing was changed: meetings reach you that way already.")
    return see_other(url_for("feeds.show_invitations"))


def _invitations_page(form: Submission) -> str:
    page = page_of(invitations_of(g.actor.person_id, now=utc_now()))
    return render_template(
        "feeds/invitations.html",
        form=form_view(DeliverySchema(), form.typed, form.errors),
        page=page,
        rows=[_row(one) for one in page.rows],
    )


def _row(one: MeetingInvitation) -> Row:
    return Row(one, STATES[one.state], ANSWERS[one.answer] if one.answer else None, one.sent_at)
