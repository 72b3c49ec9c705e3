"""Questions about series, rosters and closures."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select

from tumorboard.accounts.domain import Part
from tumorboard.kernel.db import session
from tumorboard.series.models import Seat


def boards_of(person_id: int) -> Mapping[Part, frozenset[int]]:
    """The parts that a person plays on boards, each with the boards."""
    boards: dict[Part, set[int]] = defaultdict(set)
    for seat_part, series_id in session().execute(select(Seat.part, Seat.series_id).where(Seat.person_id == person_id)):
        boards[seat_part.part].add(series_id)
    return {part: frozenset(ids) for part, ids in boards.items()}
