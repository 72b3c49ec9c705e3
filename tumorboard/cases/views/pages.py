"""My cases, and the page of one case."""

import secrets

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from tumorboard.accounts.domain import Permission
from tumorboard.audit.domain import Outcome
from tumorboard.audit.services import record
from tumorboard.cases.domain import EDITABLE, SECTIONS, TRANSITIONS, Act, CaseState
from tumorboard.cases.models import Case, CaseEvent
from tumorboard.cases.queries import case_seen_by, counts_by_state, hours_in_words, own_cases
from tumorboard.cases.views.blueprint import blueprint, outlook, slot, why_waiting
from tumorboard.cases.views.sections import returned, section_url, summary
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.web import page_of, requires
from tumorboard.kernel.web.formats import iso, when

_TONES = {
    CaseState.RETURNED: ("warn", "circle-alert"),
    CaseState.SUBMITTED: ("plan", "inbox"),
    CaseState.ACCEPTED: ("plan", "hourglass"),
    CaseState.SCHEDULED: ("good", "calendar-check"),
    CaseState.DECLINED: ("stop", "ban"),
    CaseState.DRAFT: ("", "pencil"),
}
OPEN = (CaseState.DRAFT, CaseState.RETURNED, CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.SCHEDULED)


def new_draft_key() -> str:
    """Return a nonce for a “Submit a case” button: pressed twice, it begins one case."""
    return secrets.token_urlsafe(16)


def tone_of(state: CaseState) -> tuple[str, str]:
    """How a state is tinted, and its icon."""
    return _TONES.get(state, ("", "circle-check"))


@blueprint.app_context_processor
def _case_words() -> dict[str, object]:
    return {"tone_of": tone_of}


blueprint.add_app_template_filter(hours_in_words, "join_hours")


@blueprint.get("/cases")
@requires(Permission.CASE_SUBMIT)
def list_own() -> ResponseReturnValue:
    """The cases of one's own institution."""
    cases = own_cases(g.actor, now=utc_now())
    wanted = request.args.get("state", "")
    chosen = CaseState(wanted) if wanted in set(CaseState) else None
    shown = cases if chosen is None else cases.where(Case.state == chosen)
    return render_template(
        "cases/list.html",
        page=page_of(shown),
        views=_views_by_state(cases, chosen),
        chosen=chosen,
        draft_key=new_draft_key(),
        zone=g.actor.zone,
    )


@blueprint.get("/cases/<code:code>")
@requires(Permission.CASE_SEE, writes=True)
def show(code: str) -> ResponseReturnValue:
    """One case with its history; that it was seen is noted in the audit trail."""
    now = utc_now()
    case = case_seen_by(g.actor, code, now=now)
    with transaction():
        record("case.seen", outcome=Outcome.SEEN, by=g.actor, subject="case", subject_id=case.code, now=now)
    return render_template("cases/show.html", **case_page(case))


def case_page(case: Case, **extra: object) -> dict[str, object]:
    """What the page of a case shows."""
    mine = g.actor.person_id in {case.submitter_id, case.presenter_id}
    triages = g.actor.may(Permission.CASE_TRIAGE, series_id=case.board_id or 0)
    seen_ahead = outlook(case) if case.state in OPEN else {"outlook": None}
    return {
        "case": case,
        "summary": summary(case),
        "history": [_entry(event) for event in reversed(case.history)],
        **seen_ahead,
        "slot": slot(case),
        "why_waiting": why_waiting(case) if case.state is CaseState.ACCEPTED and not seen_ahead["outlook"] else "",
        "returned": returned(case),
        "zone": case.board.time_zone if case.board else g.actor.zone,
        "edit_url": section_url(case, SECTIONS[0]) if mine and _is_open_to_edit(case) else None,
        "availability_url": _availability_url(case),
        "can_withdraw": mine and case.state in TRANSITIONS[Act.WITHDRAW][0],
        "can_triage": triages and case.state is CaseState.SUBMITTED,
        **extra,
    }


def _availability_url(case: Case) -> str | None:
    """Where those who lead the board enter when the presenter can join."""
    leads = case.board_id and g.actor.may(Permission.AVAILABILITY_EDIT, series_id=case.board_id)
    return url_for("accounts.availability_of", person_id=case.presenter_id) if leads and case.presenter_id else None


def _is_open_to_edit(case: Case) -> bool:
    return case.state in EDITABLE and (case.edit_until_at is None or utc_now() <= case.edit_until_at)


def _views_by_state(cases: Select[Case], chosen: CaseState | None) -> list[tuple[str, int, str, bool]]:
    counts = {row[0]: row[1] for row in db.session.execute(counts_by_state(cases))}
    here = url_for("cases.list_own")
    views = [("All", sum(counts.values()), here, chosen is None)]
    return views + [
        (state.label, counts[state], f"{here}?state={state}", chosen is state) for state in CaseState if state in counts
    ]


def _entry(event: CaseEvent) -> dict[str, str]:
    zone = g.actor.zone
    tone, icon_name = tone_of(event.state)
    return {
        "title": event.act.label + (f" · {event.board.name}" if event.board else ""),
        "when": when(event.at, zone),
        "at": iso(event.at, zone),
        "by": event.person.display_name if event.person else "the planner",
        "text": event.reason,
        "tone": tone,
        "icon": icon_name,
    }
