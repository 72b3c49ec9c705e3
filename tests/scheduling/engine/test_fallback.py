"""Which meeting: each rule of the first solver by example."""

import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.baselines import appended, by_urgency, from_scratch
from benchmarks.instances import Size, instance
from tests.scheduling.engine.factories import (
    TODAY,
    a_case,
    a_meeting,
    a_presenter,
    a_problem,
    an_instance,
    published,
    shuffled,
)
from tumorboard.scheduling.engine import (
    Board,
    Budget,
    Config,
    Parallel,
    Problem,
    ReasonCode,
    Status,
    Urgency,
    check,
    plan,
)
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.rules import Rules

TWO_BOARDS = (Board("gi", "hub"), Board("lung", "hub"))


def places(problem, **how):
    answer = plan(problem, **how)
    assert check(problem, answer) == ()
    return {slot.case: slot.meeting for slot in answer.slots}


def test_case_takes_the_earliest_meeting():
    assert places(a_problem(cases=(a_case(id="a"),))) == {"a": "m0"}


def test_more_urgent_case_takes_the_last_room():
    routine = a_case(id="a", minutes=40)
    urgent = a_case(id="b", minutes=40, urgency=Urgency.URGENT)

    assert places(a_problem(cases=(routine, urgent))) == {"a": "m1", "b": "m0"}


def test_earlier_deadline_goes_first_within_an_urgency():
    relaxed = a_case(id="a", minutes=40, deadline=TODAY + timedelta(days=20))
    pressing = a_case(id="b", minutes=40, deadline=TODAY + timedelta(days=2))

    assert places(a_problem(cases=(relaxed, pressing))) == {"a": "m1", "b": "m0"}


def test_published_case_is_kept_although_it_could_be_earlier():
    case = a_case(id="a", published=published(1))

    assert places(a_problem(cases=(case,))) == {"a": "m1"}


def test_published_routine_case_makes_way_when_that_lowers_level_one():
    kept = a_case(id="a", minutes=40, published=published(0))
    late = a_case(id="b", minutes=40, urgency=Urgency.EMERGENT, deadline=TODAY + timedelta(days=3))

    assert places(a_problem(cases=(kept, late))) == {"a": "m1", "b": "m0"}


def test_published_case_stays_when_moving_it_costs_more_than_lateness():
    kept = a_case(id="a", minutes=40, published=published(0))
    late = a_case(id="b", minutes=40, urgency=Urgency.EMERGENT, deadline=TODAY + timedelta(days=3))
    dear = Config(move_price=100_000)

    assert places(a_problem(cases=(kept, late), config=dear)) == {"a": "m0", "b": "m1"}


def test_several_small_cases_make_way_for_one_long_urgent_case():
    small = tuple(a_case(id=each, minutes=20, published=published(0)) for each in "abc")
    late = a_case(id="d", minutes=40, urgency=Urgency.EMERGENT, deadline=TODAY)

    assert places(a_problem(cases=(*small, late)))["d"] == "m0"


def test_routine_cases_leave_the_reserve_to_urgent_ones():
    routine = a_case(id="a", minutes=50)
    urgent = a_case(id="b", minutes=20, urgency=Urgency.URGENT)
    meetings = (a_meeting(0, reserve=20), a_meeting(1))

    assert places(a_problem(cases=(routine, urgent), meetings=meetings)) == {"a": "m1", "b": "m0"}


def test_reserve_does_not_force_out_what_is_published():
    kept = a_case(id="a", minutes=50, published=published(0))

    assert places(a_problem(cases=(kept,), meetings=(a_meeting(0, reserve=20), a_meeting(1)))) == {"a": "m0"}


def test_locked_cases_may_overbook_a_meeting_with_a_warning():
    locked = tuple(a_case(id=each, minutes=40, locked="m0") for each in "ab")

    answer = plan(a_problem(cases=locked))

    assert [(slot.meeting, slot.start) for slot in answer.slots] == [("m0", 0), ("m0", 40)]
    assert [slot.warnings[0].code for slot in answer.slots] == [ReasonCode.FULL, ReasonCode.FULL]


@pytest.mark.parametrize(
    ("case", "meeting", "code"),
    [
        ({}, {"cancelled": True}, ReasonCode.CANCELLED),
        ({"ready": TODAY + timedelta(days=3)}, {}, ReasonCode.NOT_READY),
        ({"specialties": ("pathology",)}, {}, ReasonCode.NO_SPECIALTY),
        ({"ready": TODAY - timedelta(days=9)}, {"date": TODAY - timedelta(days=1)}, ReasonCode.PAST),
    ],
)
def test_locked_case_stands_whatever_it_breaks_and_a_warning_says_what(case, meeting, code):
    problem = a_problem(cases=(a_case(id="a", locked="m0", **case),), meetings=(a_meeting(**meeting),))

    (slot,) = plan(problem).slots

    assert slot.meeting == "m0"
    assert [warning.code for warning in slot.warnings] == [code]
    assert check(problem, plan(problem)) == ()


def test_cases_stand_within_the_hours_of_their_presenters():
    cases = (a_case(id="a", presenter="dr-b"), a_case(id="b", urgency=Urgency.URGENT))
    presenters = (a_presenter("dr-b", window=(960, 975)), a_presenter())

    answer = plan(a_problem(cases=cases, presenters=presenters))

    assert [(slot.meeting, slot.start) for slot in answer.slots] == [("m0", 0), ("m0", 10)]


def test_cases_whose_hours_collide_do_not_share_a_meeting():
    cases = tuple(a_case(id=each, presenter=f"dr-{each}") for each in "ab")
    presenters = tuple(a_presenter(f"dr-{each}", window=(960, 975)) for each in "ab")

    assert set(places(a_problem(cases=cases, presenters=presenters)).values()) == {"m0", "m1"}


def _in_two_boards(parallel, **config):
    meetings = (
        a_meeting(0),
        a_meeting(1),
        a_meeting(0, id="l0", board="lung"),
        a_meeting(1, id="l1", board="lung"),
    )
    cases = (a_case(id="a"), a_case(id="b", board="lung"))
    config = Config(parallel=parallel, **config)
    return a_problem(boards=TWO_BOARDS, meetings=meetings, cases=cases, config=config)


def test_presenter_with_parallel_meetings_forbidden_is_in_one_only():
    assert places(_in_two_boards(Parallel.FORBID)) == {"a": "m0", "b": "l1"}


def test_presenter_with_parallel_meetings_allowed_has_time_to_switch():
    answer = plan(_in_two_boards(Parallel.ALLOW, switch_gap=7))

    starts = sorted(slot.start for slot in answer.slots)
    assert {slot.meeting for slot in answer.slots} == {"m0", "l0"}
    assert starts[1] - starts[0] >= 17


def test_two_locks_against_each_other_both_stand_with_warnings():
    problem = _in_two_boards(Parallel.FORBID)
    locks = {"a": "m0", "b": "l0"}
    problem = replace(problem, cases=tuple(replace(case, locked=locks[case.id]) for case in problem.cases))

    answer = plan(problem)

    assert check(problem, answer) == ()
    assert [slot.warnings[0].code for slot in answer.slots] == [ReasonCode.ELSEWHERE] * 2


def test_fuller_effort_never_costs_more_on_the_levels():
    problem = an_instance(boards=2, cases=60, weeks=5, seed=3)

    assert plan(problem).levels <= plan(problem, budget=Budget(effort=0)).levels


def test_bound_of_level_one_is_never_above_the_plan():
    for seed in range(5):
        answer = plan(an_instance(boards=2, cases=30, weeks=4, seed=seed))
        assert answer.bounds[0] <= answer.levels[0]
        assert answer.gap == answer.levels[0] - answer.bounds[0]


def test_engine_asked_for_but_not_there_is_stood_in_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools", None)

    answer = plan(a_problem(cases=(a_case(),)))

    assert (answer.status, answer.engine) == (Status.FALLBACK, "stdlib")
    assert answer.trouble == "The solver is not installed."
    assert plan(a_problem(), engine="stdlib").status is Status.FEASIBLE


def test_engine_of_unknown_name_is_refused():
    with pytest.raises(ValueError, match="engine must be one of"):
        plan(a_problem(), engine="magic")


def test_long_meetings_with_a_break_are_put_in_order_without_the_solver_too():
    for seed in range(3):
        problem = an_instance(boards=2, cases=60, weeks=4, seed=seed)
        problem = replace(problem, config=replace(problem.config, break_minutes=10, break_from=60))

        assert check(problem, plan(problem, engine="stdlib")) == ()


INSTANCES = [
    instance(Size(2, 70, 8), 1),
    instance(Size(2, 110, 5), 2),
    instance(Size(4, 120, 6, parallel=True), 3),
    an_instance(boards=3, cases=90, weeks=5, seed=4),
]


@pytest.mark.parametrize("problem", INSTANCES, ids=lambda problem: problem.name)
def test_avoidable_lateness_is_within_a_twentieth_of_the_optimum(problem):
    objective = Objective(Rules(Catalog(problem)))
    least = sum(objective.own_minimum(case)[0] for case in problem.cases)

    found, best = (plan(problem, engine=engine).levels[0] - least for engine in ("stdlib", "auto"))

    assert found <= 1.05 * best


@pytest.mark.parametrize("problem", INSTANCES, ids=lambda problem: problem.name)
def test_no_greedy_plan_is_better(problem):
    levels = plan(problem, engine="stdlib").levels

    assert levels <= min(greedy(problem).levels for greedy in (appended, by_urgency, from_scratch))


@pytest.mark.parametrize("effort", [0, 10, 100])
def test_whatever_the_effort_no_rule_is_broken(effort):
    for problem in INSTANCES:
        assert check(problem, plan(problem, engine="stdlib", budget=Budget(effort=effort))) == ()


def test_the_library_gives_one_plan_whatever_the_order_of_the_lists():
    problem = INSTANCES[2]

    assert plan(Problem.from_json(shuffled(problem, 3)), engine="stdlib") == plan(problem, engine="stdlib")


def test_what_the_library_says_of_a_board_does_not_change_with_another():
    problem = INSTANCES[0]
    gone = next(case for case in problem.cases if case.board == "b00" and case.locked is None)
    boards = {case.id: case.board for case in problem.cases}

    before = plan(problem, engine="stdlib")
    after = plan(replace(problem, cases=tuple(each for each in problem.cases if each is not gone)), engine="stdlib")

    kept = [[slot for slot in each.slots if boards[slot.case] == "b01"] for each in (before, after)]
    assert kept[0] == kept[1]


def test_a_chain_through_three_meetings_lets_the_pressing_case_in():
    """Each of the three can give way by one meeting only, and only together is there room for all."""
    meetings = tuple(a_meeting(week, minutes=30) for week in range(4))
    away = {"dr-a": (0, 3), "dr-b": (0, 1), "dr-p": (1, 2, 3)}
    people = [
        a_presenter(who, away=tuple(TODAY + timedelta(weeks=week) for week in weeks)) for who, weeks in away.items()
    ]
    cases = (
        a_case(id="a", minutes=30, presenter="dr-a", deadline=TODAY + timedelta(days=14)),
        a_case(id="b", minutes=30, presenter="dr-b", deadline=TODAY + timedelta(days=21)),
        a_case(id="c", minutes=30, presenter="dr-c", deadline=TODAY + timedelta(days=7)),
        a_case(id="p", minutes=30, presenter="dr-p", deadline=TODAY, urgency=Urgency.URGENT),
    )
    problem = a_problem(cases=cases, meetings=meetings, presenters=(*people, a_presenter("dr-c")))

    assert places(problem, engine="stdlib") == {"p": "m0", "c": "m1", "a": "m2", "b": "m3"}
