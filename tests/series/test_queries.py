"""What is in force, who is told, when a host is closed."""

from datetime import date, time

import pytest

from tests.factories import a_person, a_series, an_institution, as_actor, seat, stored
from tumorboard.kernel.db import db
from tumorboard.kernel.errors import NotFound
from tumorboard.series.domain import ClosureCause, ClosureEffect, SeatPart
from tumorboard.series.models import Closure, Policy
from tumorboard.series.queries import (
    closings_of,
    policy_in_force,
    seat_of,
    series_seen_by,
    told_of,
    visible_series,
)


def a_closure(name, institution_id=None):
    return stored(
        Closure(
            name=name,
            institution_id=institution_id,
            cause=ClosureCause.OTHER,
            effect=ClosureEffect.CANCEL,
            starts_on=date(2026, 12, 8),
            ends_on=date(2026, 12, 8),
        )
    )


@pytest.mark.parametrize(("on", "days"), [(date(2025, 12, 31), None), (date(2026, 12, 14), 5), (date(2026, 12, 15), 3)])
def test_policy_in_force_is_the_latest_that_took_effect(app, on, days):
    series = a_series(
        policies=[
            Policy(effective_on=date(2026, 12, 15), cut_off_days=3, cut_off_at=time(12)),
            Policy(effective_on=date(2026, 1, 1), cut_off_days=5, cut_off_at=time(17)),
        ]
    )

    policy = policy_in_force(series, on=on)

    assert (policy.cut_off_days if policy else None) == days


def test_everybody_signed_in_sees_every_series_by_name(app):
    a_series(name="Thoracic")
    a_series(name="Breast")

    found = db.session.scalars(visible_series(as_actor(a_person()))).all()

    assert [one.name for one in found] == ["Breast", "Thoracic"]


def test_missing_series_is_not_found(app):
    with pytest.raises(NotFound):
        series_seen_by(as_actor(a_person()), "nowhere")


def test_seat_of_another_board_is_not_found(app):
    series, other = a_series(), a_series()
    foreign = seat(other, a_person(), SeatPart.CHAIR)

    with pytest.raises(NotFound):
        seat_of(series, foreign.id)


def test_all_but_observers_and_those_who_left_are_told_once(app):
    series, chair = a_series(), a_person()
    seat(series, chair, SeatPart.CHAIR)
    seat(series, chair, SeatPart.CORE_MEMBER)
    seat(series, a_person(active=False), SeatPart.CORE_MEMBER)
    seat(series, a_person(), SeatPart.OBSERVER)

    assert db.session.scalars(told_of(series.id)).all() == [chair]


def test_host_is_closed_by_its_own_closures_and_those_of_the_alliance(app):
    host = an_institution()
    a_closure("Whole alliance")
    a_closure("Host", host.id)
    a_closure("Somewhere else", an_institution().id)

    closings = closings_of(host.id, since=date(2026, 12, 1))

    assert [one.name for one in closings] == ["Whole alliance", "Host"]
