"""Triage: the coordinator's inbox and the decision on each submission."""

from collections import Counter
from collections.abc import Sequence

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission, Specialty
from tumorboard.cases.domain import SECTIONS, CaseState, NotInThisState, Urgency
from tumorboard.cases.models import Case
from tumorboard.cases.queries import case_seen_by, waiting_for_triage
from tumorboard.cases.schemas import AcceptanceSchema, ReasonSchema, RedirectionSchema
from tumorboard.cases.services import Acceptance, accept_case, decline_case, redirect_case, return_case
from tumorboard.cases.services.submit import answers_of
from tumorboard.cases.views.blueprint import blueprint
from tumorboard.cases.views.pages import case_page
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import Forbidden, Invalid
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, offer, requires, see_other, submission
from tumorboard.series.models import Series
from tumorboard.series.queries import boards

MOST_AT_ONCE = 50
# The ways to decide: the tab, the button, and where the form goes.
WAYS = {
    "acceptance": ("Accept", "Accept case", "cases.accept"),
    "return": ("Ask for information", "Return to the physician", "cases.send_back"),
    "redirection": ("Redirect", "Send to the other board", "cases.redirect_to"),
    "decline": ("Decline", "Do not list", "cases.decline"),
}


@blueprint.get("/triage")
@requires(Permission.CASE_TRIAGE)
def inbox() -> ResponseReturnValue:
    """What was submitted to the boards one coordinates, the most urgent first."""
    cases = db.session.scalars(waiting_for_triage(g.actor)).all()
    board = request.args.get("board", type=int)
    urgency = request.args.get("urgency", "")
    shown = [case for case in cases if board in (None, case.board_id) and urgency in ("", case.urgency)]
    return render_template(
        "cases/triage.html",
        rows=[(case, *_answered(case), utc_now() - (case.submitted_at or case.created_at)) for case in shown],
        total=len(cases),
        boards=_board_choices(cases, board),
        urgencies=_urgency_choices(cases, urgency),
        filtered=board is not None or urgency != "",
    )


@blueprint.post("/triage/acceptance")
@requires(Permission.CASE_TRIAGE)
def accept_many() -> ResponseReturnValue:
    """Accept several submissions as they were asked for."""
    codes = request.form.getlist("case")[:MOST_AT_ONCE]
    accepted, passed_over = 0, 0
    cases = [_triageable(code) for code in codes]  # a foreign one refuses the whole before anything is stored
    for case in cases:
        try:
            with transaction():
                accept_case(case, _as_asked(case), by=g.actor, now=utc_now())
            accepted += 1
        except NotInThisState:
            passed_over += 1
    flash(_bulk_message(accepted, passed_over), "message" if accepted else "warning")
    return see_other(url_for("cases.inbox"))


@blueprint.get("/cases/<code:code>/triage")
@requires(Permission.CASE_TRIAGE)
def decide(code: str) -> ResponseReturnValue:
    """One submission with the ways to decide on it."""
    way = request.args.get("way", "acceptance")
    return _decision_page(_triageable(code), way if way in WAYS else "acceptance")


@blueprint.post("/cases/<code:code>/acceptance")
@requires(Permission.CASE_TRIAGE)
def accept(code: str) -> ResponseReturnValue:
    """List the case for discussion."""
    case = _triageable(code)
    form = submission(AcceptanceSchema())
    if form.refused:
        return _decision_page(case, "acceptance", form), 422
    with transaction():
        accept_case(case, form.value, by=g.actor, now=utc_now())
    return _done(f"{case.code} was accepted. The planner gives it a meeting within a minute.")


@blueprint.post("/cases/<code:code>/return")
@requires(Permission.CASE_TRIAGE)
def send_back(code: str) -> ResponseReturnValue:
    """Ask the physician for more."""
    case = _triageable(code)
    form = submission(ReasonSchema())
    if form.refused:
        return _decision_page(case, "return", form), 422
    with transaction():
        return_case(case, reason=form.value["reason"], by=g.actor, now=utc_now())
    return _done(f"{case.code} was returned to {case.submitter.name} for information.")


@blueprint.post("/cases/<code:code>/decline")
@requires(Permission.CASE_TRIAGE)
def decline(code: str) -> ResponseReturnValue:
    """Do not list the case."""
    case = _triageable(code)
    form = submission(ReasonSchema())
    if form.refused:
        return _decision_page(case, "decline", form), 422
    with transaction():
        decline_case(case, reason=form.value["reason"], by=g.actor, now=utc_now())
    return _done(f"{case.code} was not listed; {case.submitter.name} is told.")


@blueprint.post("/cases/<code:code>/redirection")
@requires(Permission.CASE_TRIAGE)
def redirect_to(code: str) -> ResponseReturnValue:
    """Send the case to another board."""
    case = _triageable(code)
    form = submission(_redirection_schema(case))
    if form.refused:
        return _decision_page(case, "redirection", form), 422
    board = db.session.get_one(Series, form.value["board_id"])
    try:
        with transaction():
            redirect_case(case, to=board, reason=form.value["reason"], by=g.actor, now=utc_now())
    except Invalid as error:
        case = _triageable(code)
        return _decision_page(case, "redirection", Submission(typed=form.typed, errors=error.fields)), 422
    return _done(f"{case.code} went to {board.name}.")


def _triageable(code: str) -> Case:
    case = case_seen_by(g.actor, code, now=utc_now())
    if case.board_id is None or not g.actor.may(Permission.CASE_TRIAGE, series_id=case.board_id):
        raise Forbidden("The coordinators of its board decide on this case.")
    return case


def _done(message: str) -> ResponseReturnValue:
    flash(message)
    return see_other(url_for("cases.inbox"))


def _decision_page(case: Case, way: str, form: Submission | None = None) -> str:
    if case.state is not CaseState.SUBMITTED:
        raise NotInThisState(f"{case.code} is “{case.state.label.lower()}” now: somebody else decided on it.")
    shown = form or Submission(typed={"urgency": case.urgency, "minutes": case.minutes})
    schema = {"acceptance": _acceptance_schema(case), "redirection": _redirection_schema(case)}.get(way, ReasonSchema())
    here = url_for("cases.decide", code=case.code)
    return render_template(
        "cases/decide.html",
        **case_page(case),
        form=form_view(schema, shown.typed, shown.errors),
        ways=[(label, f"{here}?way={name}", name == way) for name, (label, _, _) in WAYS.items()],
        act_url=url_for(WAYS[way][2], code=case.code),
        button=WAYS[way][1],
        style="primary" if way == "acceptance" else "",
    )


def _acceptance_schema(case: Case) -> AcceptanceSchema:
    """The schema with the specialties that the board's roster stands for."""
    schema = AcceptanceSchema()
    assert case.board is not None
    seated = sorted({seat.specialty for seat in case.board.seats if seat.specialty is not None})
    field = schema.fields["specialties"]
    field.metadata = {**field.metadata, "choices": [(one.value, one.label) for one in seated or Specialty]}
    return schema


def _redirection_schema(case: Case) -> RedirectionSchema:
    schema = RedirectionSchema()
    others = (board for board in db.session.scalars(boards()) if board.id != case.board_id)
    offer(schema, "board_id", ((board.id, board.name) for board in others))
    schema.fields["board_id"].required = True
    return schema


def _as_asked(case: Case) -> Acceptance:
    minutes = case.minutes or (case.board.case_minutes if case.board else 8)
    return Acceptance(urgency=case.urgency or Urgency.ROUTINE, minutes=minutes)


def _bulk_message(accepted: int, passed_over: int) -> str:
    if not accepted and not passed_over:
        return "Choose at least one case."
    told = f"{accepted} case{'' if accepted == 1 else 's'} accepted."
    return f"{told} {passed_over} had been decided on by somebody else." if passed_over else told


def _answered(case: Case) -> tuple[int, int]:
    """How many fields of the form are answered, of how many."""
    answers = answers_of(case)
    names = [name for section in SECTIONS for name in section.fields]
    return sum(answers.get(name) not in (None, "", []) for name in names), len(names)


def _board_choices(cases: Sequence[Case], chosen: int | None) -> list[tuple[str, str, bool]]:
    counts = Counter((case.board.name, case.board.id) for case in cases if case.board is not None)
    choices = [("", "All boards", chosen is None)]
    return choices + [(str(key), f"{name} ({counts[name, key]})", key == chosen) for name, key in sorted(counts)]


def _urgency_choices(cases: Sequence[Case], chosen: str) -> list[tuple[str, str, bool]]:
    urgencies = [case.urgency for case in cases]
    choices = [("", "Any urgency", chosen == "")]
    return choices + [(one.value, f"{one.capitalize()} ({urgencies.count(one)})", one == chosen) for one in Urgency]
