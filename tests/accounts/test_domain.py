"""Who may do what, against a table written by hand; and when somebody is free, against each minute by itself."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumorboard.accounts.domain import (
    ALLIANCE_PARTS,
    BOARD_PARTS,
    GRANTS,
    Actor,
    Availability,
    Hours,
    Part,
    Permission,
    Reach,
    free_spans,
    merged,
)

ME, HOME, BOARD = 7, 3, 11
SOMEBODY, ELSEWHERE, OTHER_BOARD = 8, 4, 12

# Permission: who holds it, with which reach. Whoever changes the table in the code changes this one too, and says why.
TABLE = {
    "home_see": "signed_in:everywhere",
    "calendar_see": "signed_in:everywhere",
    "self_edit": "signed_in:everywhere",
    "availability_edit": "coordinator:own_board chair:own_board administrator:everywhere",
    "people_manage": "administrator:everywhere",
    "series_see": "signed_in:everywhere",
    "series_create": "administrator:everywhere",
    "series_edit": "coordinator:own_board administrator:everywhere",
    "closure_manage": "administrator:everywhere",
    "meeting_see": "signed_in:everywhere",
    "meeting_edit": "coordinator:own_board administrator:everywhere",
    "case_submit": "member_physician:own",
    "case_see": "member_physician:own_institution chair:own_board coordinator:own_board board_member:own_board"
    " observer:own_board",
    "case_edit": "member_physician:own",
    "case_withdraw": "member_physician:own",
    "case_triage": "coordinator:own_board chair:own_board",
    "agenda_see": "chair:own_board coordinator:own_board board_member:own_board observer:own_board",
    "agenda_edit": "coordinator:own_board chair:own_board",
    "agenda_publish": "coordinator:own_board chair:own_board",
    "plan_run": "coordinator:own_board chair:own_board",
    "feed_subscribe": "signed_in:everywhere",
    "notices_see": "administrator:everywhere",
    "audit_see": "privacy_officer:everywhere",
}
HELD = {
    (Permission(permission), Part(grant.split(":")[0])): Reach(grant.split(":")[1])
    for permission, grants in TABLE.items()
    for grant in grants.split()
}
THING_WITHIN = {
    Reach.EVERYWHERE: {"owner_id": SOMEBODY, "institution_id": ELSEWHERE, "series_id": OTHER_BOARD},
    Reach.OWN_INSTITUTION: {"institution_id": HOME},
    Reach.OWN_BOARD: {"series_id": BOARD},
    Reach.OWN: {"owner_id": ME},
}
FOREIGN = {"owner_id": SOMEBODY, "institution_id": ELSEWHERE, "series_id": OTHER_BOARD}


def an_actor(*parts: Part) -> Actor:
    """Number ME from HOME, playing the parts: those of a board on BOARD."""
    return Actor(
        person_id=ME,
        institution_id=HOME,
        parts=frozenset(part for part in parts if part in ALLIANCE_PARTS),
        boards={part: frozenset({BOARD}) for part in parts if part in BOARD_PARTS},
    )


def test_table_of_permissions_is_the_one_written_here() -> None:
    found = {(permission, part): reach for permission, grants in GRANTS.items() for part, reach in grants.items()}

    assert found == HELD


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("permission", list(Permission))
def test_part_holds_a_permission_within_its_reach_and_no_further(permission: Permission, part: Part) -> None:
    reach = HELD.get((permission, part)) or HELD.get((permission, Part.SIGNED_IN))
    actor = an_actor(part)

    assert actor.may(permission) is (reach is not None)
    assert actor.may(permission, **FOREIGN) is (reach is Reach.EVERYWHERE)
    if reach is not None:
        assert actor.may(permission, **THING_WITHIN[reach])


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("permission", list(Permission))
def test_boards_where_and_everywhere_say_what_the_table_says(permission: Permission, part: Part) -> None:
    reach = HELD.get((permission, part)) or HELD.get((permission, Part.SIGNED_IN))
    actor = an_actor(part)

    assert actor.boards_where(permission) == (frozenset({BOARD}) if reach is Reach.OWN_BOARD else frozenset())
    assert actor.everywhere(permission) is (reach is Reach.EVERYWHERE)


def test_thing_without_an_owner_is_nobodys_own() -> None:
    actor = an_actor(Part.MEMBER_PHYSICIAN)

    assert not actor.may(Permission.CASE_EDIT, institution_id=HOME, series_id=BOARD)


def test_two_boards_in_different_parts_are_added_up_but_never_mixed() -> None:
    actor = Actor(
        person_id=ME,
        institution_id=HOME,
        boards={Part.COORDINATOR: frozenset({BOARD}), Part.OBSERVER: frozenset({OTHER_BOARD})},
    )

    assert actor.boards_where(Permission.CASE_SEE) == {BOARD, OTHER_BOARD}
    assert actor.boards_where(Permission.AGENDA_EDIT) == {BOARD}
    assert not actor.may(Permission.AGENDA_EDIT, series_id=OTHER_BOARD)


def test_board_part_on_no_board_is_no_part() -> None:
    actor = Actor(person_id=ME, institution_id=HOME, boards={Part.COORDINATOR: frozenset()})

    assert not actor.may(Permission.AGENDA_SEE)


def utc(text: str) -> datetime:
    """`2026-12-08 12:00` as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MINUTE = timedelta(minutes=1)
# Zones, each some hours before its clock is changed; the last two never change theirs.
TURNS = (
    ("America/New_York", "2026-11-01 00:00"),
    ("America/New_York", "2027-03-14 00:00"),
    ("Europe/London", "2027-03-27 20:00"),
    ("Australia/Lord_Howe", "2027-04-03 10:00"),  # by half an hour
    ("America/Havana", "2027-03-14 00:00"),  # at midnight
    ("Asia/Kolkata", "2026-12-31 09:00"),
    ("UTC", "2026-12-31 09:00"),
)
TIMES = st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0))


@st.composite
def hours(draw) -> Hours:
    """Hours of a day, as the form lets them be."""
    starts, ends = draw(TIMES), draw(TIMES)
    if starts and ends and ends <= starts:
        ends = None
    return Hours(never=True) if draw(st.integers(0, 4)) == 0 else Hours(joins_from=starts, joins_until=ends)


@st.composite
def situations(draw) -> tuple[Availability, datetime, datetime]:
    """Somebody's availability, and a span of up to two days."""
    zone, turn = draw(st.sampled_from(TURNS))
    starts_at = utc(turn) + timedelta(minutes=draw(st.integers(-600, 600)))
    ends_at = starts_at + timedelta(minutes=draw(st.integers(0, 2 * 1440)))
    near = st.integers(-600, 3000).map(lambda minutes: starts_at + timedelta(minutes=minutes))
    busy = merged(draw(st.lists(st.tuples(near, near), max_size=4)))
    first = starts_at.date() + timedelta(days=draw(st.integers(-2, 3)))
    away = ((first, first + timedelta(days=draw(st.integers(0, 1)))),) if draw(st.booleans()) else ()
    weekly = draw(st.fixed_dictionaries({}, optional={weekday: hours() for weekday in range(7)}))
    return Availability(zone=zone, away=away, weekly=weekly, busy=busy), starts_at, ends_at


def is_free(availability: Availability, at: datetime) -> bool:
    """Whether the person can join at that very minute, as one would look it up on the wall and in the calendar."""
    wall = at.astimezone(ZoneInfo(availability.zone))
    hours = availability.weekly.get(wall.weekday(), Hours())
    return not (
        hours.never
        or any(first <= wall.date() <= last for first, last in availability.away)
        or (hours.joins_from and wall.time() < hours.joins_from)
        or (hours.joins_until and wall.time() >= hours.joins_until)
        or any(starts_at <= at < ends_at for starts_at, ends_at in availability.busy)
    )


@settings(max_examples=200, deadline=None)
@given(situations())
def test_free_spans_are_the_minutes_that_are_free_one_by_one(situation) -> None:
    availability, starts_at, ends_at = situation
    minutes = [starts_at + number * MINUTE for number in range(int((ends_at - starts_at) / MINUTE))]

    spans = free_spans(availability, starts_at, ends_at)

    inside = {at for at in minutes if any(first <= at < last for first, last in spans)}
    assert inside == {at for at in minutes if is_free(availability, at)}
    assert all(first < last for first, last in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    assert all(starts_at <= first and last <= ends_at for first, last in spans)


def test_without_limits_the_whole_span_is_free() -> None:
    span = (utc("2026-12-08 12:00"), utc("2026-12-08 13:00"))

    assert free_spans(Availability(zone="America/New_York"), *span) == (span,)
    assert free_spans(Availability(zone="America/New_York"), span[1], span[0]) == ()


def test_days_away_begin_and_end_where_the_person_is() -> None:
    away = Availability(zone="America/Los_Angeles", away=((date(2026, 12, 8), date(2026, 12, 8)),))

    free = free_spans(away, utc("2026-12-08 07:00"), utc("2026-12-09 09:00"))

    assert free == (
        (utc("2026-12-08 07:00"), utc("2026-12-08 08:00")),
        (utc("2026-12-09 08:00"), utc("2026-12-09 09:00")),
    )


@pytest.mark.parametrize(
    ("day", "free_from"),
    [("2027-03-09", "2027-03-09 13:00"), ("2027-03-16", "2027-03-16 12:00")],
    ids=["winter", "summer"],
)
def test_weekly_hours_follow_the_wall_when_the_clock_is_changed(day: str, free_from: str) -> None:
    mornings = Availability(zone="America/New_York", weekly={1: Hours(joins_from=time(8), joins_until=time(9))})

    free = free_spans(mornings, utc(f"{day} 05:00"), utc(f"{day} 23:00"))

    assert free == ((utc(free_from), utc(free_from) + timedelta(hours=1)),)


def test_busy_time_is_cut_out_and_never_only_closes_its_weekday() -> None:
    busy = Availability(
        zone="UTC", weekly={2: Hours(never=True)}, busy=((utc("2026-12-08 12:00"), utc("2026-12-08 12:30")),)
    )

    free = free_spans(busy, utc("2026-12-08 11:00"), utc("2026-12-10 01:00"))

    assert free == (
        (utc("2026-12-08 11:00"), utc("2026-12-08 12:00")),
        (utc("2026-12-08 12:30"), utc("2026-12-09 00:00")),
        (utc("2026-12-10 00:00"), utc("2026-12-10 01:00")),
    )
