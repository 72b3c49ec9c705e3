"""The list of series, policies and rosters over HTTP, and who may touch them."""

import pytest
import sqlalchemy as sa

from tests.factories import NOW, a_person, a_series, form, seat, sign_in
from tumorboard.accounts.domain import Part
from tumorboard.kernel.db import db
from tumorboard.series.domain import SeatPart, SeriesKind
from tumorboard.series.models import Policy, Seat


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def a_coordinator_of(series):
    person = a_person()
    seat(series, person, SeatPart.COORDINATOR)
    return person


def statements_of(client, path):
    seen = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_series_are_listed_by_kind_with_their_rhythm_in_words(client):
    a_series(name="Thoracic tumor board")
    a_series(name="Alliance lectures", kind=SeriesKind.LECTURE, rule="FREQ=MONTHLY;BYDAY=1TH")

    page = sign_in(client, a_person()).get("/series").text

    assert "Every Tuesday, 7:00–8:00 AM Eastern" in page
    assert "First Thursday of the month, 7:00–8:00 AM Eastern" in page
    assert page.index("Tumor boards and disease") < page.index("Lectures and grand rounds")


def test_empty_list_says_why(client):
    assert "Nothing meets yet." in sign_in(client, a_person()).get("/series").text


def test_list_asks_as_much_for_three_series_as_for_one(client):
    a_series()
    sign_in(client, a_person())
    client.get("/series")
    one = statements_of(client, "/series")

    a_series()
    a_series()

    assert statements_of(client, "/series") == one


@pytest.mark.parametrize("page", ["policy", "roster"])
def test_coordinator_of_another_board_is_refused(client, page):
    series = a_series()
    sign_in(client, a_coordinator_of(a_series()))

    assert client.get(f"/series/{series.slug}/{page}").status_code == 403
    assert client.get(f"/series/nowhere/{page}").status_code == 404


@pytest.mark.parametrize("page", ["policy", "roster"])
def test_physician_is_refused(client, page):
    series = a_series()
    sign_in(client, a_person(Part.MEMBER_PHYSICIAN))

    assert client.get(f"/series/{series.slug}/{page}").status_code == 403


def test_what_is_taught_has_neither_policy_nor_roster(client):
    series = a_series(kind=SeriesKind.LECTURE, policies=[])
    sign_in(client, a_person(Part.ADMINISTRATOR))

    assert client.get(f"/series/{series.slug}/policy").status_code == 409


def test_coordinator_sets_a_policy(client):
    series = a_series()
    path = f"/series/{series.slug}/policy"
    sign_in(client, a_coordinator_of(series))
    typed = {"effective_on": "2026-12-15", "cut_off_days": "3", "cut_off_at": "12:00", "goal_surgery": "90"}

    answer = client.post(path, data=form(client, path, **typed))

    assert (answer.status_code, answer.location) == (303, f"/series/{series.slug}")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Policy)) == 2


@pytest.mark.parametrize("typed", [{"effective_on": "2026-11-30"}, {"goal_surgery": "101"}])
def test_refused_policy_keeps_what_was_typed(client, typed):
    series = a_series()
    path = f"/series/{series.slug}/policy"
    sign_in(client, a_coordinator_of(series))
    whole = {"effective_on": "2026-12-15", "cut_off_days": "33", "cut_off_at": "12:00", **typed}

    answer = client.post(path, data=form(client, path, **whole))

    assert answer.status_code == 422
    assert 'value="33"' in answer.text


def test_coordinator_adds_and_removes_a_member(client):
    series, person = a_series(), a_person(given_name="Amara")
    path = f"/series/{series.slug}/roster"
    sign_in(client, a_coordinator_of(series))

    added = client.post(path, data=form(client, path, person_id=person.id, part="core_member", specialty="surgery"))
    place = db.session.scalars(sa.select(Seat).where(Seat.person_id == person.id)).one()
    removed = client.post(f"{path}/{place.id}/removal", data=form(client, path))

    assert (added.status_code, removed.status_code) == (303, 303)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Seat)) == 1


def test_person_who_plays_the_part_already_is_refused(client):
    series = a_series()
    coordinator = a_coordinator_of(series)
    path = f"/series/{series.slug}/roster"
    sign_in(client, coordinator)

    answer = client.post(path, data=form(client, path, person_id=coordinator.id, part="coordinator"))

    assert answer.status_code == 422
    assert "is coordinator of this board already." in answer.text


def test_seat_of_another_board_is_not_removed(client):
    series, other = a_series(), a_series()
    foreign = seat(other, a_person(), SeatPart.CHAIR)
    path = f"/series/{series.slug}/roster"
    sign_in(client, a_coordinator_of(series))

    assert client.post(f"{path}/{foreign.id}/removal", data=form(client, path)).status_code == 404


def test_people_are_found_by_name_and_those_who_left_are_not(client):
    series = a_series()
    a_person(family_name="Findable")
    a_person(family_name="Findable-but-gone", active=False)
    sign_in(client, a_coordinator_of(series))

    page = client.get(f"/series/{series.slug}/roster?text=findable").text

    assert page.count("Findable") == 1
