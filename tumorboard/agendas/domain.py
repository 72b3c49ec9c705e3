"""Agenda items and what may be done with them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Invalid


class ItemKind(StrEnum):
    """What fills a part of the meeting."""

    DISCUSS = "discuss"
    NOTE = "note"
    TALK = "talk"
    BREAK = "break"


class PlacedBy(StrEnum):
    """Who put the item where it stands."""

    PLANNER = "planner"
    COORDINATOR = "coordinator"


class AgendaChanged(Conflict):
    """Somebody else edited the agenda since this page was opened."""


class AgendaClosed(Conflict):
    """The meeting has begun, is over or was cancelled."""


class ReasonNeeded(Invalid):
    """A presenter who knows the time is told at once that the case leaves, so the history has to say why."""


class AlreadyOnAgenda(Conflict):
    """The case stands on an agenda already."""


@dataclass(frozen=True)
class PlanNote:
    """One thing that the last plan did on a board, and why."""

    code: str
    headline: str
    why: str
    icon: str


@dataclass(frozen=True)
class PlanNotes:
    """What an agenda's page says of the last plan of its board."""

    made_at: datetime | None
    cause: str
    trouble: str
    changes: tuple[PlanNote, ...]
    is_waiting: bool
    proposed: int = 0
