"""Arranging an agenda as a plan says, around what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.services.items import place_case, remove_item, renumber, take_away, tell_case, touch
from tumorboard.cases.models import Case


@dataclass(frozen=True)
class PlannedItem:
    """A case where a plan puts it; `start` counts minutes from the meeting's start."""

    case: Case
    start: int
    why: str


def arrange(
    agenda: Agenda, planned: Sequence[PlannedItem], held: dict[int, AgendaItem], *, now: datetime, decided: bool = False
) -> list[PlannedItem]:
    """Bring the planned cases onto the agenda in their order; return those that were not there before.

    `held` maps a case to the live item it holds, here or on another agenda. An agenda that a coordinator ordered keeps
    its order, and so does a published one: what is new goes to its end. Where a coordinator `decided` for the plan, its
    order is the plan's.
    """
    ordered_by_hand = agenda.edited_by_id is not None
    arrived = []
    for one in sorted(planned, key=lambda one: one.start):
        item = held.get(one.case.id)
        if item is None:
            place_case(agenda, one.case, by=None, now=now, why=one.why)
            arrived.append(one)
        elif item.agenda is not agenda:
            take_away(item, to=agenda, now=now)
            item.why = one.why[:300]
            tell_case(agenda, one.case, by=None, now=now, why=one.why)
            touch(agenda, by=None, now=now, action="agenda.placed", code=one.case.code)
            arrived.append(one)
        else:
            item.why = one.why[:300]
    is_cases_only = all(item.case_id is not None for item in agenda.items)
    if (decided and is_cases_only) or (not ordered_by_hand and agenda.published_at is None):
        _follow_plan(agenda, planned)
    return arrived


def leave_out(item: AgendaItem, *, why: str, now: datetime) -> None:
    """Take a case off because the plan found no place for it any more."""
    remove_item(item, by=None, now=now, reason=why)


def _follow_plan(agenda: Agenda, planned: Sequence[PlannedItem]) -> None:
    starts = {one.case.id: one.start for one in planned}
    last = max(starts.values(), default=0) + 1
    renumber(agenda, sorted(agenda.items, key=lambda item: (starts.get(item.case_id or 0, last), item.position)))
    at = 0
    for item in agenda.items:
        wanted = starts.get(item.case_id or 0, at)
        item.gap_minutes = max(0, wanted - at)
        at = max(wanted, at) + item.minutes
