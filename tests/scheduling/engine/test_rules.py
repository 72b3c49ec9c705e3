"""The hard rules one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.scheduling.engine.factories import (
    TODAY,
    a_case,
    a_meeting,
    a_presenter,
    a_problem,
    a_rep,
    published,
)
from tumorboard.scheduling.engine import Board, ReasonCode, Urgency
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.rules import Rules, minutes_over, reserve_over


def obstacles(case, meeting, **problem):
    rules = Rules(Catalog(a_problem(cases=(case,), meetings=(meeting,), **problem)))
    return rules.obstacles(case, meeting)


def test_meeting_without_obstacles_is_possible():
    assert obstacles(a_case(), a_meeting()) == ()


@pytest.mark.parametrize(
    ("case", "meeting", "code"),
    [
        ({}, {"cancelled": True}, ReasonCode.CANCELLED),
        ({}, {"date": TODAY - timedelta(days=1)}, ReasonCode.PAST),
        ({"ready": TODAY + timedelta(days=1)}, {}, ReasonCode.NOT_READY),
        ({"minutes": 61}, {}, ReasonCode.TOO_LONG),
        ({"specialties": ("pathology",)}, {}, ReasonCode.NO_SPECIALTY),
    ],
)
def test_meeting_against_a_rule_names_that_rule(case, meeting, code):
    case = {"ready": TODAY - timedelta(days=9)} | case

    assert obstacles(a_case(**case), a_meeting(**meeting)) == (code,)


def test_meeting_of_another_board_is_named_so():
    boards = (Board("gi", "hub"), Board("lung", "hub"))

    assert obstacles(a_case(), a_meeting(board="lung"), boards=boards) == (ReasonCode.OTHER_BOARD,)


def test_presenter_away_that_day_is_an_obstacle():
    presenters = (a_presenter(away=(TODAY,)),)

    assert obstacles(a_case(), a_meeting(), presenters=presenters) == (ReasonCode.PRESENTER_AWAY,)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((1010, 1100), ()),
        ((1011, 1100), (ReasonCode.OUTSIDE_HOURS,)),
        ((900, 970), ()),
        ((900, 969), (ReasonCode.OUTSIDE_HOURS,)),
    ],
)
def test_window_must_overlap_the_meeting_by_the_minutes_of_the_case(window, expected):
    assert obstacles(a_case(minutes=10), a_meeting(), presenters=(a_presenter(window=window),)) == expected


def test_specialty_with_a_second_representative_present_is_no_obstacle():
    reps = (a_rep(id="r1", absent=(TODAY,)), a_rep(id="r2"))

    assert obstacles(a_case(specialties=("pathology",)), a_meeting(), reps=reps) == ()


def test_specialty_with_everybody_absent_is_an_obstacle():
    reps = (a_rep(absent=(TODAY,)),)

    assert obstacles(a_case(specialties=("pathology",)), a_meeting(), reps=reps) == (ReasonCode.NO_SPECIALTY,)


def test_minutes_over_counts_what_exceeds_the_length():
    cases = [a_case(minutes=40), a_case(minutes=30)]
    catalog = Catalog(a_problem(cases=tuple(cases)))

    assert minutes_over(catalog, cases, a_meeting()) == 10


def test_minutes_over_of_locked_cases_takes_their_sum_as_the_limit():
    cases = [a_case(minutes=40, locked="m0"), a_case(minutes=30, locked="m0")]
    catalog = Catalog(a_problem(cases=tuple(cases)))

    assert minutes_over(catalog, cases, a_meeting()) == 0
    assert minutes_over(catalog, [*cases, a_case(minutes=5)], a_meeting()) == 5


@pytest.mark.parametrize(
    ("urgency", "over"),
    [(Urgency.ROUTINE, 10), (Urgency.SOON, 10), (Urgency.URGENT, 0), (Urgency.EMERGENT, 0)],
)
def test_reserve_is_open_to_urgent_and_emergent_cases_only(urgency, over):
    meeting = a_meeting(reserve=20)

    assert reserve_over([a_case(minutes=50, urgency=urgency)], meeting) == over


def test_reserve_leaves_published_cases_alone_but_lets_none_join():
    meeting, kept = a_meeting(reserve=20), a_case(minutes=50, published=published(0))

    assert reserve_over([kept], meeting) == 0
    assert reserve_over([kept, a_case(minutes=5)], meeting) == 15
    assert reserve_over([replace(kept, published=None, locked="m0")], meeting) == 0
