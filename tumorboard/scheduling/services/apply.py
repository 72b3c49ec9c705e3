"""Apply a plan to the agendas, passing over whatever people changed while it was computed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from tumorboard.accounts.domain import Actor
from tumorboard.accounts.queries import administrators
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.services import PlannedItem, agenda_for, arrange, follow_meeting, publish
from tumorboard.agendas.services.replan import leave_out
from tumorboard.audit.services import record
from tumorboard.cases.domain import WAITING
from tumorboard.cases.models import Case
from tumorboard.kernel.db import lock, session
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import FIRST_PAUSE, MoveKind, PlanCause, RunState
from tumorboard.scheduling.models import PlanMove, PlanRequest, PlanRun
from tumorboard.scheduling.services.gather import Gathered
from tumorboard.scheduling.services.requests import release
from tumorboard.scheduling.services.runs import Computed, new_run
from tumorboard.scheduling.services.scene import Held
from tumorboard.series.models import Series


def apply_plan(series_id: int, gathered: Gathered, computed: Computed, *, by: Actor | None, now: datetime) -> PlanRun:
    """Bring the board's agendas to what the plan says and record the run with its moves.

    A case or an agenda that changed since the problem was gathered is passed over: the change has asked for a new plan.
    """
    run = new_run(series_id, computed, RunState.APPLIED, by=by, now=now)
    run.moves = _Applying(series_id, gathered, now).apply(computed.plan)
    release(series_id, now=now)
    record("plan.applied", by=by, subject="series", subject_id=series_id, details={"moves": len(run.moves)}, now=now)
    return run


def apply_proposal(run: PlanRun, gathered: Gathered, plan: engine.Plan, *, by: Actor, now: datetime) -> None:
    """Do what was proposed, published agendas included: each presenter whose time changes is told once."""
    applying = _Applying(run.series_id, gathered, now, decided_by=by)
    applying.apply(plan)
    run.state, run.decided_at, run.decided_by_id = RunState.APPLIED, now, by.person_id
    record("plan.accepted", by=by, subject="series", subject_id=run.series_id, details={"run": run.id}, now=now)


def refuse(series_id: int, *, rule: str, now: datetime) -> None:
    """Tell the administrators that a plan was not applied since its check found a broken rule."""
    series = session().get_one(Series, series_id)
    for person in session().scalars(administrators()):
        path = f"/series/{series.slug}"
        tell(person, NoticeKind.PLAN_REFUSED, now=now, board=series.name, rule=rule, path=path)
    record("plan.refused", subject="series", subject_id=series_id, details={"rule": rule}, now=now)


def note_failure(series_id: int, *, cause: PlanCause, trouble: str, started_at: datetime, now: datetime) -> None:
    """Record a run that failed; it is tried again a few times, ever later, and shown meanwhile."""
    request = session().get_one(PlanRequest, series_id)
    request.attempts += 1
    request.due_at = now + FIRST_PAUSE * 2**request.attempts
    request.leased_until_at = None
    session().add(
        PlanRun(
            series_id=series_id,
            cause=cause,
            state=RunState.FAILED,
            started_at=started_at,
            finished_at=now,
            trouble=trouble[:300],
        )
    )


class _Applying:
    """One application: the rows it locked and the moves it noted."""

    def __init__(self, series_id: int, gathered: Gathered, now: datetime, decided_by: Actor | None = None) -> None:
        self._gathered, self._now, self._decided_by = gathered, now, decided_by
        self._cases = {case.id: case for case in session().scalars(_locked_cases(series_id))}
        self._items = {item.case_id: item for item in session().scalars(_live_items(list(self._cases)))}
        self._moves: list[PlanMove] = []

    def apply(self, plan: engine.Plan) -> list[PlanMove]:
        """Leave out, then place by meeting; return what happened to each case that was moved or waits."""
        for waiting in plan.waiting:
            if (case := self._case(waiting.case)) is not None:
                self._leave_waiting(case, waiting)
        by_meeting: dict[int, list[engine.Slot]] = defaultdict(list)
        for slot in plan.slots:
            if self._case(slot.case) is not None:
                by_meeting[int(slot.meeting)].append(slot)
        for meeting_id, slots in sorted(by_meeting.items()):
            self._arrange(meeting_id, slots)
        self._follow()
        return self._moves

    def _follow(self) -> None:
        """Carry new times to the cases; what a coordinator decided on published agendas is told at once."""
        for agenda in {item.agenda for item in self._items.values() if item.is_live}:
            if not agenda.meeting.is_cancelled:
                follow_meeting(agenda, now=self._now)
        if self._decided_by is not None:
            for agenda in session().scalars(_published(self._gathered.published)):
                publish(agenda, by=self._decided_by, now=self._now)

    def _case(self, case_id: str) -> Case | None:
        """The case, if it is of this board and still as the planner saw it."""
        case = self._cases.get(int(case_id))
        if case is None or case.state not in WAITING:
            return None
        seen, item = self._gathered.held.get(case.id), self._items.get(case.id)
        return case if (seen.item_id if seen else None) == (item.id if item else None) else None

    def _leave_waiting(self, case: Case, waiting: engine.Waiting) -> None:
        item = self._items.get(case.id)
        why = _said(waiting)
        if item is not None and self._is_fresh(item):
            from_meeting = item.agenda.meeting_id
            leave_out(item, why=why, now=self._now)
            del self._items[case.id]
            self._note(case, MoveKind.LEFT_OUT, why, waiting.skipped, from_meeting=from_meeting)
        elif item is None:
            self._note(case, MoveKind.LEFT_OUT, why, waiting.skipped)

    def _arrange(self, meeting_id: int, slots: list[engine.Slot]) -> None:
        meeting = session().get_one(Meeting, meeting_id)
        if meeting.starts_at <= self._now or meeting.is_cancelled:
            return
        if meeting_id in self._gathered.published and self._decided_by is None:
            return
        agenda = agenda_for(meeting, now=self._now)
        before = {case_id: item.agenda.meeting_id for case_id, item in self._items.items() if case_id}
        why = {int(slot.case): slot for slot in slots}
        planned = [PlannedItem(self._cases[int(slot.case)], slot.start, _said(slot)) for slot in slots]
        held = {case_id: item for case_id, item in self._items.items() if case_id in why}
        for one in arrange(agenda, planned, held, now=self._now, decided=self._decided_by is not None):
            kind = MoveKind.MOVED if one.case.id in before else MoveKind.PLACED
            skipped = why[one.case.id].skipped
            self._note(one.case, kind, one.why, skipped, from_meeting=before.get(one.case.id), to_meeting=meeting_id)

    def _is_fresh(self, item: AgendaItem) -> bool:
        seen: Held | None = self._gathered.held.get(item.case_id or 0)
        if seen is None or seen.meeting_id != item.agenda.meeting_id or seen.is_locked:
            return False
        return self._decided_by is not None or seen.meeting_id not in self._gathered.published

    def _note(
        self,
        case: Case,
        kind: MoveKind,
        why: str,
        skipped: tuple[engine.Skipped, ...],
        *,
        from_meeting: int | None = None,
        to_meeting: int | None = None,
    ) -> None:
        reasons = [{"meeting": int(one.meeting), "code": str(one.why.code), "why": one.why.sentence} for one in skipped]
        move = PlanMove(
            case_id=case.id,
            kind=kind,
            from_meeting_id=from_meeting,
            to_meeting_id=to_meeting,
            why=why[:500],
            reasons=reasons,
        )
        self._moves.append(move)


def _said(answer: engine.Slot | engine.Waiting) -> str:
    """Return why the case stands or waits, and what would make it earlier; no other case is named."""
    return " ".join(one.sentence for one in (answer.why, answer.earlier) if one is not None)


def _published(meeting_ids: Iterable[int]) -> Select[Agenda]:
    items = selectinload(Agenda.items).joinedload(AgendaItem.case)
    found = select(Agenda).join(Agenda.meeting).where(Agenda.meeting_id.in_(meeting_ids)).options(items)
    return found.where(Meeting.state != MeetingState.CANCELLED).order_by(Agenda.id)


def _locked_cases(series_id: int) -> Select[Case]:
    return lock(select(Case).where(Case.board_id == series_id, Case.state.in_(WAITING)).order_by(Case.id))


def _live_items(case_ids: list[int]) -> Select[AgendaItem]:
    agenda = selectinload(AgendaItem.agenda).selectinload(Agenda.items)
    return select(AgendaItem).where(AgendaItem.case_id.in_(case_ids), AgendaItem.is_live).options(agenda)
