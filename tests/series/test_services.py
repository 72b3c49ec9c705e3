"""Series, policies, rosters: what may be stored, what is refused, what stays on the record."""

from datetime import date, time

import pytest
import sqlalchemy as sa

from tests.factories import NOW, a_person, a_series, an_institution, as_actor
from tumorboard.accounts.domain import Part, Specialty
from tumorboard.audit.models import AuditEntry
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import Invalid
from tumorboard.series.domain import (
    COC_2020,
    PolicyTooEarly,
    SeatPart,
    SeatTaken,
    SeriesChanged,
    SeriesClosed,
    SeriesKind,
    Site,
    SlugTaken,
)
from tumorboard.series.services import (
    PolicyDraft,
    SeriesDraft,
    add_seat,
    create_series,
    edit_series,
    remove_seat,
    set_policy,
)


def a_draft(**overrides):
    values = {
        "slug": "thoracic",
        "name": "Thoracic tumor board",
        "short_name": "Thoracic",
        "kind": SeriesKind.TUMOR_BOARD,
        "site": Site.THORACIC,
        "time_zone": "America/New_York",
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "starts": time(7),
        "length_minutes": 60,
        "first_on": date(2026, 1, 6),
    }
    values |= overrides
    return SeriesDraft(**{"host_id": values.get("host_id") or an_institution().id, **values})


def terms(effective_on=date(2026, 12, 15), **overrides):
    values = {"cut_off_days": 3, "cut_off_at": time(12), "goals": {Specialty.SURGERY: 90}}
    return PolicyDraft(effective_on=effective_on, **{**values, **overrides})


def done(service, subject, *args, **values):
    by = as_actor(a_person(Part.ADMINISTRATOR))
    with transaction():
        return service(subject, *args, **{"by": by, "now": NOW, **values})


def actions():
    return [entry.action for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence))]


def test_new_board_begins_with_the_preset_policy(app):
    series = done(create_series, a_draft())

    [policy] = series.policies
    assert (policy.effective_on, policy.cut_off_days) == (date(2026, 1, 6), 5)
    assert {row.specialty: row.goal_percent for row in policy.quorum} == COC_2020
    assert actions() == ["series.created"]


def test_what_is_taught_has_no_policy(app):
    assert done(create_series, a_draft(kind=SeriesKind.LECTURE)).policies == []


def test_address_of_another_series_is_refused(app):
    a_series(slug="thoracic")

    with pytest.raises(SlugTaken) as refusal:
        done(create_series, a_draft())

    assert list(refusal.value.fields) == ["slug"]


def test_edit_changes_what_differs_and_names_it_in_the_trail(app):
    series = done(create_series, a_draft())

    done(edit_series, series, a_draft(host_id=series.host_id, room="Center B"), version=series.version)

    assert (series.room, series.version) == ("Center B", 2)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "series.edited")).one()
    assert entry.details == {"fields": ["room"]}


def test_edit_of_an_older_version_is_refused(app):
    series = a_series()

    with pytest.raises(SeriesChanged):
        done(edit_series, series, a_draft(host_id=series.host_id), version=series.version - 1)


def test_board_cannot_become_something_open_to_all(app):
    series = a_series()

    with pytest.raises(Invalid) as refusal:
        done(edit_series, series, a_draft(kind=SeriesKind.LECTURE, host_id=series.host_id), version=1)

    assert list(refusal.value.fields) == ["kind"]


def test_new_policy_leaves_the_old_one(app):
    series = a_series()

    done(set_policy, series, terms())

    assert [one.effective_on for one in series.policies] == [date(2026, 1, 1), date(2026, 12, 15)]


def test_policy_of_the_same_day_is_replaced(app):
    series = a_series()
    done(set_policy, series, terms())

    done(set_policy, series, terms(goals={Specialty.SURGERY: 75, Specialty.RADIOLOGY: 80}))

    [_, policy] = series.policies
    assert {row.specialty: row.goal_percent for row in policy.quorum} == {
        Specialty.SURGERY: 75,
        Specialty.RADIOLOGY: 80,
    }


def test_policy_of_a_day_gone_by_is_refused(app):
    series = a_series()

    with pytest.raises(PolicyTooEarly):
        done(set_policy, series, terms(date(2026, 11, 30)))


def test_seat_is_given_once(app):
    series, person = a_series(), a_person()
    done(add_seat, series, person, part=SeatPart.CHAIR, specialty=None)

    with pytest.raises(SeatTaken):
        done(add_seat, series, person, part=SeatPart.CHAIR, specialty=Specialty.SURGERY)


def test_seat_that_is_removed_takes_its_permissions_along(app):
    series, person = a_series(), a_person()
    seat = done(add_seat, series, person, part=SeatPart.COORDINATOR, specialty=None)

    done(remove_seat, seat)

    assert as_actor(person).boards == {}


def test_what_is_taught_has_no_roster(app):
    with pytest.raises(SeriesClosed):
        done(add_seat, a_series(kind=SeriesKind.LECTURE), a_person(), part=SeatPart.CHAIR, specialty=None)
