"""Questions about series, rosters and closures."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Select, select

from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import Person
from tumorboard.kernel.db import session
from tumorboard.series.domain import SeatPart, SeriesKind
from tumorboard.series.models import Seat, Series


def boards_of(person_id: int) -> Mapping[Part, frozenset[int]]:
    """The parts that a person plays on boards, each with the boards."""
    boards: dict[Part, set[int]] = defaultdict(set)
    for seat_part, series_id in session().execute(select(Seat.part, Seat.series_id).where(Seat.person_id == person_id)):
        boards[seat_part.part].add(series_id)
    return {part: frozenset(ids) for part, ids in boards.items()}


def coordinators_of(series_id: int) -> Select[tuple[Person]]:
    """The board's coordinators who can be told something."""
    return _seated(series_id, SeatPart.COORDINATOR)


def chairs_of(series_id: int) -> Select[tuple[Person]]:
    """The board's chairs."""
    return _seated(series_id, SeatPart.CHAIR)


def boards() -> Select[tuple[Series]]:
    """All boards that take cases, by name."""
    kinds = [kind for kind in SeriesKind if kind.is_board]
    return select(Series).where(Series.kind.in_(kinds)).order_by(Series.name, Series.id)


def _seated(series_id: int, part: SeatPart) -> Select[tuple[Person]]:
    return (
        select(Person)
        .join(Seat, Seat.person_id == Person.id)
        .where(Seat.series_id == series_id, Seat.part == part, Person.active)
        .order_by(Person.family_name, Person.id)
    )
