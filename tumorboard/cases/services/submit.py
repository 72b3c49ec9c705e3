"""Submitting and withdrawing, by the physician."""

from datetime import datetime

from sqlalchemy import inspect

from tumorboard.accounts.domain import Actor
from tumorboard.cases.domain import SECTIONS, Act, CaseIncomplete, CaseState, Urgency, missing
from tumorboard.cases.models import Case
from tumorboard.cases.services.step import take_step
from tumorboard.kernel.db import session
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.series.queries import chairs_of, coordinators_of


def answers_of(case: Case) -> dict[str, object]:
    """Return what the form holds, by field name."""
    answers = {column.key: getattr(case, column.key) for column in inspect(Case).column_attrs}
    return {**answers, "studies": list(case.studies)}


def submit_case(case: Case, *, by: Actor, now: datetime) -> None:
    """Send the case to its board's coordinators. Sent again, it stays what it is.

    Raises CaseIncomplete naming the fields that are still needed.
    """
    if case.state is CaseState.SUBMITTED:
        return
    answers = answers_of(case)
    gaps = {name: ["Answer this before submitting."] for section in SECTIONS for name in missing(section, answers)}
    if gaps:
        raise CaseIncomplete("Some answers are still missing.", fields=gaps)
    assert case.board is not None
    case.submitted_at = case.submitted_at or now
    case.minutes = case.minutes or case.board.case_minutes
    take_step(case, Act.SUBMIT, by=by, now=now)
    session().flush()
    facts = {"code": case.code, "board": case.board.name, "path": f"/cases/{case.code}"}
    tell(case.submitter, NoticeKind.CASE_SUBMITTED, now=now, **facts)
    _tell_board(case, facts, now=now)


def _tell_board(case: Case, facts: dict[str, str], *, now: datetime) -> None:
    """Tell the coordinators; an emergent case is told at once, and by its own name, to the chair as well."""
    assert case.board is not None
    if case.urgency is not Urgency.EMERGENT:
        for person in session().scalars(coordinators_of(case.board.id)):
            tell(person, NoticeKind.CASE_ARRIVED, now=now, **facts)
        return
    leads = {one.id: one for query in (coordinators_of, chairs_of) for one in session().scalars(query(case.board.id))}
    for person in leads.values():
        tell(person, NoticeKind.CASE_EMERGENT, now=now, days=case.urgency.days, **facts)


def withdraw_case(case: Case, *, by: Actor, reason: str, now: datetime) -> None:
    """Take the case back, from anywhere before it was presented."""
    was_known = case.state is not CaseState.DRAFT
    take_step(case, Act.WITHDRAW, by=by, reason=reason, now=now)
    case.scheduled_for_at = case.edit_until_at = case.released_at = case.released_until_at = None
    if was_known and case.board is not None:
        facts = {"code": case.code, "board": case.board.name, "path": f"/cases/{case.code}"}
        for coordinator in session().scalars(coordinators_of(case.board.id)):
            tell(coordinator, NoticeKind.CASE_WITHDRAWN, now=now, **facts)
