"""The outbox, for those who watch over the service."""

from flask import current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.audit.services import record
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import NotFound
from tumorboard.kernel.web import page_of, requires, see_other
from tumorboard.notices.domain import SUBJECTS, NoticeState
from tumorboard.notices.models import Notice
from tumorboard.notices.queries import counts_by_state, notices
from tumorboard.notices.services.deliver import try_again

# How a state is called on every page, with its tint and icon.
WORDS = {
    NoticeState.PENDING: ("Waiting", "warn", "clock"),
    NoticeState.SENT: ("Sent", "good", "check"),
    NoticeState.DEAD: ("Given up", "stop", "circle-alert"),
}


@blueprint.get("/outbox")
@requires(Permission.NOTICES_SEE)
def list_notices() -> ResponseReturnValue:
    """What is told to whom, and how its delivery went."""
    state = request.args.get("state", "")
    chosen = NoticeState(state) if state in set(NoticeState) else None
    return render_template(
        "accounts/outbox.html",
        page=page_of(notices(chosen)),
        views=_views_by_state(chosen),
        subjects=SUBJECTS,
        words_of=WORDS.get,
    )


@blueprint.get("/outbox/<id:notice_id>")
@requires(Permission.NOTICES_SEE)
def show_notice(notice_id: int) -> ResponseReturnValue:
    """One message as it was mailed, or will be. Secrets in its links are hidden."""
    notice = _notice(notice_id)
    facts = {**notice.facts, **({"link": "(a link that only the recipient is sent)"} if notice.holds_secret else {})}
    text = current_app.extensions["deliverer"].render(notice.kind, {"name": notice.name, **facts})
    return render_template(
        "accounts/notice.html", notice=notice, subject=SUBJECTS[notice.kind], text=text, words_of=WORDS.get
    )


@blueprint.post("/outbox/<id:notice_id>/repetition")
@requires(Permission.NOTICES_SEE)
def repeat_notice(notice_id: int) -> ResponseReturnValue:
    """Try a dead letter again."""
    notice = _notice(notice_id)
    with transaction():
        try_again(notice, now=utc_now())
        record("notice.repeated", by=g.actor, subject="notice", subject_id=notice.id, now=utc_now())
    flash("The message is due again.")
    return see_other(url_for("accounts.list_notices"))


def _views_by_state(chosen: NoticeState | None) -> list[tuple[str, int, str, bool]]:
    counts = {row[0]: row[1] for row in db.session.execute(counts_by_state())}
    here = url_for("accounts.list_notices")
    views = [("All", sum(counts.values()), here, chosen is None)]
    return views + [
        (name, counts.get(state, 0), f"{here}?state={state}", chosen is state) for state, (name, *_) in WORDS.items()
    ]


def _notice(notice_id: int) -> Notice:
    notice = db.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound("There is no such message.")
    return notice
