"""The lower bound of level 1: never above the best plan, and close to it."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.instances import Size, instance
from tests.scheduling.engine.exhaustive import best_levels, tiny
from tests.scheduling.engine.factories import TODAY, a_case, a_meeting, a_problem, published
from tumorboard.scheduling.engine import plan
from tumorboard.scheduling.engine.bound import least_late, out_of_reach
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.rules import Rules


def bound(problem):
    objective = Objective(Rules(Catalog(problem)))
    return sum(least_late(objective, board.id) for board in problem.boards)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_bound_is_never_above_the_best_of_all_plans(seed: int):
    problem = tiny(seed)

    assert bound(problem) <= best_levels(problem)[0]


def test_bound_is_close_below_the_optimum():
    problems = [instance(Size(3, 90, 8), seed) for seed in range(1, 5)]
    best = [plan(problem).levels[0] for problem in problems]
    bounds = [bound(problem) for problem in problems]

    assert all(least <= reached for least, reached in zip(bounds, best, strict=True))
    assert sum(bounds) >= 0.95 * sum(best)


def test_cases_that_compete_for_a_meeting_cost_more_than_each_alone():
    cases = tuple(a_case(id=each, minutes=60, deadline=TODAY) for each in "ab")

    assert bound(a_problem(cases=cases)) == 7 * 14 + 400


def test_reserve_is_not_for_routine_cases():
    case = a_case(minutes=50, deadline=TODAY)
    meetings = (a_meeting(0, reserve=60), a_meeting(1))

    assert bound(a_problem(cases=(case,), meetings=meetings)) == 7 * 14 + 400


def test_what_is_published_may_fill_the_reserve():
    case = a_case(minutes=50, deadline=TODAY, published=published(0))

    assert bound(a_problem(cases=(case,), meetings=(a_meeting(0, reserve=60), a_meeting(1)))) == 0


def test_locks_may_overbook_and_leave_nothing_to_others():
    locked = tuple(a_case(id=each, minutes=50, locked="m0", deadline=TODAY) for each in "ab")
    waiting = a_case(id="c", deadline=TODAY)
    late = a_case(id="d", locked="m1", deadline=TODAY + timedelta(days=6))

    assert bound(a_problem(cases=(*locked, waiting, late))) == (7 * 14 + 400) + (1 * 8 + 400)


def test_board_without_cases_or_meetings_costs_nothing_or_waiting():
    assert bound(a_problem(meetings=())) == 0
    assert bound(a_problem(cases=(a_case(deadline=TODAY + timedelta(days=99)),), meetings=())) == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_the_best_plan_uses_no_place_that_is_out_of_reach(seed):
    problem = tiny(seed)
    best = plan(problem)
    objective = Objective(Rules(Catalog(problem)))
    boards = {board.id for board in problem.boards}

    barred = out_of_reach(objective, boards, most=best.levels[0])

    used = {(slot.case, slot.meeting) for slot in best.slots} | {(each.case, None) for each in best.waiting}
    assert {place for place in barred & used if not _is_locked(problem, place[0])} == set()


def _is_locked(problem, case):
    return any(each.id == case and each.locked is not None for each in problem.cases)
