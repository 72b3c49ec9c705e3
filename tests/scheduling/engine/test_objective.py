"""The six levels, by hand; the measure of the check must say the same."""

from dataclasses import replace
from datetime import timedelta

from tests.scheduling.engine.factories import (
    TODAY,
    a_case,
    a_meeting,
    a_presenter,
    a_problem,
    published,
)
from tumorboard.scheduling.engine import (
    Config,
    PastDelay,
    Plan,
    Slot,
    Urgency,
    Waiting,
    measure,
)
from tumorboard.scheduling.engine.agenda import Agenda, Item
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.objective import Objective, order_keys
from tumorboard.scheduling.engine.rules import Rules


def levels(problem, **where):
    """Measure twice, by the planner's code and by the check's, and return what both say."""
    slots = tuple(Slot(case, meeting, 0) for case, meeting in where.items())
    waiting = tuple(Waiting(case.id) for case in problem.cases if case.id not in where)
    said = Objective(Rules(Catalog(problem))).levels(where)
    assert measure(problem, Plan(slots, waiting)) == said
    return dict(zip(("late", "unsched", "moves", "unfair", "delay", "joins"), said, strict=True))


def test_late_case_costs_its_weight_times_days_and_the_fixed_charge():
    case = a_case(id="a", urgency=Urgency.URGENT, deadline=TODAY + timedelta(days=5))

    assert levels(a_problem(cases=(case,)), a="m1")["late"] == 9 * (2 * (2 + 7) + 400)


def test_case_on_its_deadline_is_not_late():
    case = a_case(id="a", deadline=TODAY + timedelta(days=7))

    assert levels(a_problem(cases=(case,)), a="m1")["late"] == 0


def test_waiting_case_counts_as_standing_after_the_horizon():
    case = a_case(id="a", deadline=TODAY + timedelta(days=28))

    said = levels(a_problem(cases=(case,)))

    assert (said["late"], said["unsched"]) == (7 * (7 + 7) + 400, 1)


def test_moves_cost_by_notice_and_direction_and_enter_level_one_at_their_price():
    meetings = tuple(a_meeting(week) for week in range(4))
    case = a_case(id="a", deadline=TODAY + timedelta(days=99), published=published(1))
    problem = a_problem(cases=(case,), meetings=meetings, horizon_end=TODAY + timedelta(days=28))

    assert levels(problem, a="m1")["moves"] == 0
    assert levels(problem, a="m0")["moves"] == 4 * 1
    assert levels(problem, a="m2")["moves"] == 4 * 2
    assert levels(problem)["moves"] == 4 * 4
    assert levels(problem, a="m2")["late"] == 300 * 4 * 2


def test_moves_with_longer_notice_weigh_less():
    meetings = tuple(a_meeting(week) for week in range(5))
    weights = []
    for week in (2, 3):
        case = a_case(id="a", published=published(week))
        weights.append(levels(a_problem(cases=(case,), meetings=meetings), a="m4")["moves"])

    assert weights == [2 * 2, 1 * 2]


def test_leaving_a_published_slot_that_became_impossible_costs_nothing():
    case = a_case(id="a", published=published(0))
    problem = a_problem(cases=(case,), meetings=(a_meeting(0, cancelled=True), a_meeting(1)))

    assert levels(problem, a="m1")["moves"] == 0


def test_unfair_is_the_worst_institution_of_the_board():
    cases = tuple(a_case(id=each, institution=where) for each, where in (("a", "x"), ("b", "x"), ("c", "y")))

    assert levels(a_problem(cases=cases), a="m1", b="m0", c="m0")["unfair"] == 20
    assert levels(a_problem(cases=cases), a="m0", b="m0", c="m1")["unfair"] == 25


def test_unfair_counts_past_delays_of_institutions_with_cases():
    past = (PastDelay("gi", "x", delay=6, cases=2), PastDelay("gi", "gone", delay=99, cases=1))

    assert levels(a_problem(cases=(a_case(id="a", institution="x"),), history=past), a="m0")["unfair"] == 100


def test_delay_counts_meetings_after_the_first_possible_one():
    meetings = tuple(a_meeting(week) for week in range(4))
    case = a_case(id="a", ready=TODAY + timedelta(days=1), submitted=TODAY - timedelta(days=30))
    problem = a_problem(cases=(case,), meetings=meetings)

    assert levels(problem, a="m1")["delay"] == 0
    assert levels(problem, a="m3")["delay"] == 2 * 130
    assert levels(problem)["delay"] == 3 * 130


def test_joins_count_each_outside_presenter_once_a_meeting():
    cases = tuple(a_case(id=each) for each in "abc")
    problem = a_problem(cases=cases, presenters=(a_presenter(institution="north"),))

    assert levels(problem, a="m0", b="m0", c="m1")["joins"] == 2


def test_bounds_never_exceed_what_an_empty_alliance_costs():
    case = a_case(id="a", minutes=61, deadline=TODAY)
    problem = a_problem(cases=(case,), config=replace(Config(), beyond_days=0))

    assert Objective(Rules(Catalog(problem))).own_minimum(case)[:2] == (28 * 35 + 400, 1)


def test_order_keys_are_inversions_moved_waiting_leaving_end():
    everywhere = ((0, 60),)
    first = Item("a", 10, 3, everywhere, published=20, presenter="dr-x")
    second = Item("b", 10, 0, everywhere)
    third = Item("c", 20, 1, everywhere, presenter="dr-x", leavers=("radiology",))

    keys = order_keys(Agenda((first, second, third)), {"a": 0, "b": 10, "c": 20})

    assert keys == (3 + 2, 1, 10, 20, 40)
