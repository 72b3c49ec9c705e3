"""The coordinator's decision on a submission; the physician is told each, with where to read the reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tumorboard.accounts.domain import Actor, Specialty
from tumorboard.cases.domain import Act, Urgency
from tumorboard.cases.models import Case, SpecialtyNeeded
from tumorboard.cases.services.step import take_step
from tumorboard.kernel.clock import local
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import Invalid
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.series.models import Series
from tumorboard.series.queries import coordinators_of


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """What the coordinator decides when listing a case for discussion."""

    urgency: Urgency
    minutes: int
    specialties: frozenset[Specialty] = frozenset()
    ready_on: date | None = None
    reason: str = ""


def accept_case(case: Case, decision: Acceptance, *, by: Actor, now: datetime) -> None:
    """Put the case into its board's queue; the next plan gives it a meeting."""
    take_step(case, Act.ACCEPT, by=by, reason=decision.reason, now=now)
    assert case.board is not None
    today = local(now, case.board.time_zone).date()
    case.accepted_at = now
    case.urgency, case.minutes, case.ready_on = decision.urgency, decision.minutes, decision.ready_on
    case.deadline_on = today + timedelta(days=decision.urgency.days)
    present = {row.specialty: row for row in case.specialties}
    case.specialties = [present.get(one) or SpecialtyNeeded(specialty=one) for one in sorted(decision.specialties)]
    _tell_submitter(case, NoticeKind.CASE_ACCEPTED, now=now)


def return_case(case: Case, *, reason: str, by: Actor, now: datetime) -> None:
    """Ask the physician for more; the case comes back by submitting it again."""
    take_step(case, Act.RETURN, by=by, reason=reason, now=now)
    _tell_submitter(case, NoticeKind.CASE_RETURNED, now=now)


def decline_case(case: Case, *, reason: str, by: Actor, now: datetime) -> None:
    """Do not list the case."""
    take_step(case, Act.DECLINE, by=by, reason=reason, now=now)
    _tell_submitter(case, NoticeKind.CASE_DECLINED, now=now)


def redirect_case(case: Case, *, to: Series, reason: str, by: Actor, now: datetime) -> None:
    """Send the same case to another board's coordinators. Raises Invalid when it is the same board."""
    if to.id == case.board_id or not to.kind.is_board:
        raise Invalid(fields={"board_id": ["Choose another board."]})
    take_step(case, Act.REDIRECT, by=by, reason=reason, now=now)
    case.board, case.board_id = to, to.id
    session().flush()
    _tell_submitter(case, NoticeKind.CASE_REDIRECTED, now=now)
    for coordinator in session().scalars(coordinators_of(to.id)):
        tell(coordinator, NoticeKind.CASE_ARRIVED, now=now, **_facts(case))


def _tell_submitter(case: Case, kind: NoticeKind, *, now: datetime) -> None:
    tell(case.submitter, kind, now=now, **_facts(case))


def _facts(case: Case) -> dict[str, str]:
    assert case.board is not None
    return {"code": case.code, "board": case.board.name, "path": f"/cases/{case.code}"}
