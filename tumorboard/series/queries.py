"""Questions about series, rosters and closures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tumorboard.accounts.domain import Actor, Part
from tumorboard.accounts.models import Person
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import NotFound
from tumorboard.series.domain import Closing, SeatPart, SeriesKind
from tumorboard.series.models import Closure, Policy, Seat, Series


def boards_of(person_id: int) -> Mapping[Part, frozenset[int]]:
    """The parts that a person plays on boards, each with the boards."""
    boards: dict[Part, set[int]] = defaultdict(set)
    for seat_part, series_id in session().execute(select(Seat.part, Seat.series_id).where(Seat.person_id == person_id)):
        boards[seat_part.part].add(series_id)
    return {part: frozenset(ids) for part, ids in boards.items()}


def coordinators_of(series_id: int) -> Select[Person]:
    """The board's coordinators who can be told something."""
    return _seated(series_id, SeatPart.COORDINATOR)


def chairs_of(series_id: int) -> Select[Person]:
    """The board's chairs."""
    return _seated(series_id, SeatPart.CHAIR)


def boards() -> Select[Series]:
    """All boards that take cases, by name."""
    kinds = [kind for kind in SeriesKind if kind.is_board]
    return select(Series).where(Series.kind.in_(kinds)).order_by(Series.name, Series.id)


def visible_series(actor: Actor) -> Select[Series]:
    """The series a person may know of, by name, each with its host: what meets when is no secret in the alliance."""
    return select(Series).options(joinedload(Series.host, innerjoin=True)).order_by(Series.name, Series.id)


def series_seen_by(actor: Actor, slug: str) -> Series:
    """Return the series with its roster and policies. Raises NotFound."""
    found = visible_series(actor).where(Series.slug == slug)
    loaded = found.options(
        selectinload(Series.seats).joinedload(Seat.person),
        selectinload(Series.policies).selectinload(Policy.quorum),
    )
    series = session().scalars(loaded).one_or_none()
    if series is None:
        raise NotFound("There is no such series here.")
    return series


def seat_of(series: Series, seat_id: int) -> Seat:
    """Return the seat on this very roster. Raises NotFound."""
    seat = next((one for one in series.seats if one.id == seat_id), None)
    if seat is None:
        raise NotFound("There is no such place on this roster.")
    return seat


def told_of(series_id: int) -> Select[Person]:
    """Who is told when a meeting of the board changes: everybody on the roster but observers, each once."""
    seated = select(Seat.person_id).where(Seat.series_id == series_id, Seat.part != SeatPart.OBSERVER)
    return select(Person).where(Person.id.in_(seated), Person.active).order_by(Person.family_name, Person.id)


def policy_in_force(series: Series, *, on: date) -> Policy | None:
    """Return the series' policy in force on the day."""
    return in_force(series.policies, on=on)


def in_force(policies: Iterable[Policy], *, on: date) -> Policy | None:
    """Return the policy in force on the day: the latest that has taken effect; before the first one, none."""
    in_effect = (policy for policy in policies if policy.effective_on <= on)
    return max(in_effect, key=lambda policy: policy.effective_on, default=None)


def closures(*, since: date) -> Select[Closure]:
    """The closures that are not over on the day, in order, each with its institution."""
    return (
        select(Closure)
        .options(joinedload(Closure.institution))
        .where(Closure.ends_on >= since)
        .order_by(Closure.starts_on, Closure.id)
    )


def closure_by_id(closure_id: int) -> Closure:
    """Return the closure. Raises NotFound."""
    closure = session().get(Closure, closure_id)
    if closure is None:
        raise NotFound("There is no such closure.")
    return closure


def closings_of(host_id: int, *, since: date) -> tuple[Closing, ...]:
    """When a host is closed from the day on: its own closures, and those of the whole alliance."""
    theirs = or_(Closure.institution_id.is_(None), Closure.institution_id == host_id)
    return tuple(closure.closing for closure in session().scalars(closures(since=since).where(theirs)))


def _seated(series_id: int, part: SeatPart) -> Select[Person]:
    return (
        select(Person)
        .join(Seat, Seat.person_id == Person.id)
        .where(Seat.series_id == series_id, Seat.part == part, Person.active)
        .order_by(Person.family_name, Person.id)
    )
