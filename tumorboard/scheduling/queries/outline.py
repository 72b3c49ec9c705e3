"""The coming weeks of boards side by side: how full, who waits how long, what is proposed, and how fair it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.queries import agendas_of, minutes_used
from tumorboard.cases.domain import WAITING
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import local
from tumorboard.kernel.db import session
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import coming_of
from tumorboard.scheduling.domain import HORIZON
from tumorboard.scheduling.models import PlanMove, PlanRun
from tumorboard.series.models import Series

COLUMNS = 8


@dataclass(frozen=True)
class Card:
    """A case in one of the weeks; `leaves_for` and `comes_from` are what a proposal would do with it."""

    case: Case
    minutes: int
    days_waited: int
    days_late: int
    leaves_for: Meeting | None = None
    comes_from: Meeting | None = None
    is_leaving: bool = False
    is_coming: bool = False


@dataclass(frozen=True)
class Column:
    """One meeting with its cases, in the order of the agenda; what is proposed comes last."""

    meeting: Meeting
    is_published: bool
    used: int
    cards: tuple[Card, ...]

    @property
    def proposed(self) -> int:
        """Minutes that would be used if the proposal were done."""
        coming = sum(card.minutes for card in self.cards if card.is_coming)
        return self.used + coming - sum(card.minutes for card in self.cards if card.is_leaving)


@dataclass(frozen=True)
class Wait:
    """How long an institution's cases wait for a board, from submission to their meeting, in days."""

    name: str
    cases: int
    placed: int
    mean_days: int
    longest_days: int


@dataclass(frozen=True)
class Parallel:
    """A presenter with cases in meetings that run at the same time."""

    presenter: str
    meetings: tuple[tuple[Meeting, str], ...]


def columns_of(series: Series, proposal: PlanRun | None, *, now: datetime) -> list[Column]:
    """Return the board's coming meetings with what stands and what is proposed."""
    coming = session().scalars(coming_of(series.id, after=now).limit(COLUMNS))
    meetings = [one for one in coming if one.starts_at > now]
    agendas = {one.meeting_id: one for one in session().scalars(agendas_of(one.id for one in meetings))}
    elsewhere = [one for one in proposal.moves if one.from_meeting_id != one.to_meeting_id] if proposal else []
    moves = {move.case_id: move for move in elsewhere}
    today = local(now, series.time_zone).date()
    return [_column(one, agendas.get(one.id), moves, today) for one in meetings]


def _column(meeting: Meeting, agenda: Agenda | None, moves: dict[int, PlanMove], today: date) -> Column:
    items = [item for item in agenda.items if item.case is not None] if agenda else []
    cards = [_standing(item, meeting, moves.get(item.case_id or 0), today) for item in items]
    cards += [_coming(move, meeting, today) for move in moves.values() if move.to_meeting_id == meeting.id]
    published = agenda is not None and agenda.published_at is not None
    return Column(meeting, published, minutes_used(agenda), tuple(cards))


def _standing(item: AgendaItem, meeting: Meeting, move: PlanMove | None, today: date) -> Card:
    assert item.case is not None
    waited, late = _days(item.case, meeting, today)
    leaves = move is not None and move.from_meeting_id == meeting.id
    return Card(item.case, item.minutes, waited, late, move.to_meeting if move and leaves else None, is_leaving=leaves)


def _coming(move: PlanMove, meeting: Meeting, today: date) -> Card:
    waited, late = _days(move.case, meeting, today)
    minutes = move.case.minutes or meeting.series.case_minutes
    return Card(move.case, minutes, waited, late, comes_from=move.from_meeting, is_coming=True)


def _days(case: Case, meeting: Meeting, today: date) -> tuple[int, int]:
    """Return the days from submission to the meeting, and by how many it comes after the due date."""
    on = local(meeting.starts_at, meeting.time_zone).date()
    submitted = local(case.submitted_at, meeting.time_zone).date() if case.submitted_at else today
    late = (on - case.deadline_on).days if case.deadline_on else 0
    return (on - submitted).days, max(0, late)


def waiting_of(series_id: int) -> Select[Case]:
    """The cases of the board that stand on no agenda, the most pressing first."""
    standing = select(AgendaItem.case_id).where(AgendaItem.is_live, AgendaItem.case_id.is_not(None))
    return (
        select(Case)
        .where(Case.board_id == series_id, Case.state.in_(WAITING), Case.id.not_in(standing))
        .where(Case.scheduled_for_at.is_(None))
        .options(joinedload(Case.institution))
        .order_by(Case.deadline_on, Case.submitted_at, Case.id)
    )


def waits_of(series_id: int, *, now: datetime) -> list[Wait]:
    """Return how long each institution waits, the longest first; cases without a place count until today."""
    found = (
        select(Case)
        .where(Case.board_id == series_id, Case.state.in_(WAITING), Case.submitted_at.is_not(None))
        .options(joinedload(Case.institution))
    )
    days: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for case in session().scalars(found):
        until = case.scheduled_for_at or now
        assert case.submitted_at is not None
        days[case.institution.short_name].append(((until - case.submitted_at).days, case.scheduled_for_at is not None))
    waits = [_wait(name, spans) for name, spans in days.items()]
    return sorted(waits, key=lambda one: (-one.mean_days, one.name))


def _wait(name: str, spans: Sequence[tuple[int, bool]]) -> Wait:
    lengths = [days for days, _ in spans]
    return Wait(name, len(spans), sum(placed for _, placed in spans), sum(lengths) // len(lengths), max(lengths))


def parallels_of(series_ids: Iterable[int], *, now: datetime) -> list[Parallel]:
    """Return who would present in two meetings at the same time, on agendas that one of these boards has."""
    found = (
        select(Agenda)
        .join(Agenda.meeting)
        .where(Meeting.starts_at > now, Meeting.starts_at < now + HORIZON)
        .options(selectinload(Agenda.items).joinedload(AgendaItem.case).joinedload(Case.presenter))
    )
    spoken: dict[tuple[int, str], list[tuple[Meeting, str]]] = defaultdict(list)
    for agenda in session().scalars(found):
        for item in agenda.items:
            if item.case is not None and item.case.presenter is not None and not agenda.meeting.is_cancelled:
                key = item.case.presenter.id, item.case.presenter.display_name
                spoken[key].append((agenda.meeting, item.case.code))
    own = set(series_ids)
    return [
        Parallel(name, tuple(_as_told(meeting, code, own) for meeting, code in places))
        for (_, name), stands in sorted(spoken.items(), key=lambda one: one[0][1])
        for places in _at_once(stands)
        if own & {meeting.series_id for meeting, _ in places}
    ]


def _as_told(meeting: Meeting, code: str, own: set[int]) -> tuple[Meeting, str]:
    """A case of a board that somebody else runs is a case, not a code."""
    return meeting, code if meeting.series_id in own else "a case"


def _at_once(stands: list[tuple[Meeting, str]]) -> Iterable[list[tuple[Meeting, str]]]:
    """Yield the places of one presenter that overlap, each such stretch of time once."""
    stands.sort(key=lambda one: (one[0].starts_at, one[0].id))
    group: list[tuple[Meeting, str]] = []
    until: datetime | None = None
    for meeting, code in stands:
        if until is not None and meeting.starts_at >= until:
            yield from _groups_of(group)
            group, until = [], None
        group.append((meeting, code))
        until = max(until, meeting.ends_at) if until else meeting.ends_at
    yield from _groups_of(group)


def _groups_of(group: list[tuple[Meeting, str]]) -> Iterable[list[tuple[Meeting, str]]]:
    if len({meeting.id for meeting, _ in group}) > 1:
        yield group


def weeks_ahead(*, now: datetime, zone: str, count: int = 6) -> list[date]:
    """Return the Mondays of the coming weeks, this one included."""
    today = local(now, zone).date()
    monday = today - timedelta(days=today.weekday())
    return [monday + timedelta(weeks=week) for week in range(count)]
