"""The check finds each broken rule in plans made by hand."""

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
from tumorboard.scheduling.engine import (
    Board,
    Config,
    Parallel,
    Plan,
    Slot,
    Urgency,
    ViolationCode,
    Waiting,
    check,
    plan,
)


def codes(problem, *slots, waiting=()):
    answer = Plan(tuple(Slot(*slot) for slot in slots), tuple(Waiting(case) for case in waiting))
    return [violation.code for violation in check(problem, answer)]


def test_sound_plan_breaks_nothing():
    assert codes(a_problem(cases=(a_case(id="a"),)), ("a", "m0", 50)) == []


@pytest.mark.parametrize(
    ("case", "meeting", "presenter", "code"),
    [
        ({}, {"cancelled": True}, {}, ViolationCode.CANCELLED),
        ({"ready": TODAY - timedelta(9)}, {"date": TODAY - timedelta(1)}, {}, ViolationCode.PAST),
        ({"ready": TODAY + timedelta(1)}, {}, {}, ViolationCode.NOT_READY),
        ({}, {}, {"away": (TODAY,)}, ViolationCode.PRESENTER_AWAY),
        ({}, {}, {"window": (961, 1100)}, ViolationCode.OUTSIDE_HOURS),
        ({}, {}, {"window": (900, 969)}, ViolationCode.OUTSIDE_HOURS),
        ({"specialties": ("pathology",)}, {}, {}, ViolationCode.NO_SPECIALTY),
    ],
)
def test_slot_against_a_rule_is_a_violation_unless_locked(case, meeting, presenter, code):
    case = a_case(id="a", **case)
    world = {"meetings": (a_meeting(**meeting),), "presenters": (a_presenter(**presenter),)}

    assert codes(a_problem(cases=(case,), **world), ("a", "m0", 0)) == [code]
    assert codes(a_problem(cases=(replace(case, locked="m0"),), **world), ("a", "m0", 0)) == []


def test_absent_representative_is_a_violation():
    problem = a_problem(cases=(a_case(id="a", specialties=("pathology",)),), reps=(a_rep(absent=(TODAY,)),))

    assert codes(problem, ("a", "m0", 0)) == [ViolationCode.NO_SPECIALTY]


def test_meeting_of_another_board_is_a_violation():
    problem = a_problem(
        boards=(Board("gi", "hub"), Board("lung", "hub")),
        meetings=(a_meeting(board="lung"),),
        cases=(a_case(id="a"),),
    )

    assert codes(problem, ("a", "m0", 0)) == [ViolationCode.OTHER_BOARD]


def test_cases_beyond_the_length_are_a_violation():
    assert codes(a_problem(cases=(a_case(id="a"),)), ("a", "m0", 51)) == [ViolationCode.OVER_LENGTH]


def test_locked_minutes_are_the_limit_of_an_overbooked_meeting():
    cases = tuple(a_case(id=each, minutes=35, locked="m0") for each in "ab")

    assert codes(a_problem(cases=cases), ("a", "m0", 0), ("b", "m0", 35)) == []
    assert codes(a_problem(cases=cases), ("a", "m0", 0), ("b", "m0", 36)) == [ViolationCode.OVER_LENGTH]


def test_overlapping_cases_are_a_violation():
    cases = (a_case(id="a"), a_case(id="b"))

    assert codes(a_problem(cases=cases), ("a", "m0", 0), ("b", "m0", 9)) == [ViolationCode.OVERLAP]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, [ViolationCode.RESERVE]),
        ({"urgency": Urgency.SOON}, [ViolationCode.RESERVE]),
        ({"urgency": Urgency.URGENT}, []),
        ({"published": published(0)}, []),
    ],
)
def test_reserve_entered_by_who_may_not_is_a_violation(case, expected):
    problem = a_problem(cases=(a_case(id="a", minutes=50, **case),), meetings=(a_meeting(reserve=20),))

    assert codes(problem, ("a", "m0", 0)) == expected


@pytest.mark.parametrize(
    ("parallel", "start", "expected"),
    [
        (Parallel.FORBID, 30, [ViolationCode.PARALLEL]),
        (Parallel.ALLOW, 14, [ViolationCode.PARALLEL]),
        (Parallel.ALLOW, 15, []),
    ],
)
def test_presenter_in_two_meetings_at_once_is_a_violation(parallel, start, expected):
    problem = a_problem(
        boards=(Board("gi", "hub"), Board("lung", "hub")),
        meetings=(a_meeting(0), a_meeting(0, id="l0", board="lung")),
        cases=(a_case(id="a"), a_case(id="b", board="lung")),
        config=Config(parallel=parallel, switch_gap=5),
    )

    assert codes(problem, ("a", "m0", 0), ("b", "l0", start)) == expected


def test_locked_case_elsewhere_or_waiting_is_a_violation():
    problem = a_problem(cases=(a_case(id="a", locked="m1"),))

    assert codes(problem, ("a", "m0", 0)) == [ViolationCode.LOCK_BROKEN]
    assert codes(problem, waiting=("a",)) == [ViolationCode.LOCK_BROKEN]


def test_plan_must_answer_once_for_every_case_and_name_known_things():
    problem = a_problem(cases=(a_case(id="a"),))

    assert codes(problem) == [ViolationCode.MISSING]
    assert codes(problem, ("a", "m0", 0), waiting=("a",)) == [ViolationCode.TWICE]
    assert codes(problem, ("a", "m9", 0)) == [ViolationCode.UNKNOWN_MEETING]
    assert codes(problem, ("a", "m0", 0), ("x", "m0", 30)) == [ViolationCode.UNKNOWN_CASE]


def test_plan_that_claims_other_levels_or_another_problem_is_a_violation():
    problem = a_problem(cases=(a_case(),))
    answer = plan(problem)

    assert [each.code for each in check(problem, replace(answer, levels=(0, 0, 0, 0, 0, 9)))] == [ViolationCode.LEVELS]
    assert [each.code for each in check(problem, replace(answer, digest="x"))] == [ViolationCode.DIGEST]
