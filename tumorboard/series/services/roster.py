"""Who sits on a board, as what, standing for which specialty."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from tumorboard.accounts.domain import Actor, Specialty
from tumorboard.accounts.models import Person
from tumorboard.audit.services import record
from tumorboard.kernel.db import session
from tumorboard.series.domain import SeatPart, SeatTaken, SeriesClosed
from tumorboard.series.models import Seat, Series


def add_seat(
    series: Series,
    person: Person,
    *,
    part: SeatPart,
    specialty: Specialty | None,
    by: Actor | None,
    now: datetime,
) -> Seat:
    """Put the person on the roster. Raises SeatTaken when the part is theirs already, SeriesClosed off boards."""
    if not series.kind.is_board:
        raise SeriesClosed("Teaching is open to everybody, so this series has no roster.")
    message = f"{person.name} is {part.label.lower()} of this board already."
    seat = Seat(series_id=series.id, person_id=person.id, part=part, specialty=specialty)
    session().add(seat)
    try:
        session().flush()
    except IntegrityError as error:
        raise SeatTaken(message, fields={"person_id": [message]}) from error
    details = {"person_id": person.id, "part": part.value}
    record("seat.added", by=by, subject="series", subject_id=series.id, details=details, now=now)
    return seat


def remove_seat(seat: Seat, *, by: Actor, now: datetime) -> None:
    """Take the person off the roster; what the seat allowed ends with the next request."""
    details = {"person_id": seat.person_id, "part": seat.part.value}
    record("seat.removed", by=by, subject="series", subject_id=seat.series_id, details=details, now=now)
    session().delete(seat)
    session().flush()
