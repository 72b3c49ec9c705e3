"""What holds for every instance, tried on many small ones."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheduling.engine.factories import (
    a_case,
    a_meeting,
    a_problem,
    an_instance,
    published,
    shuffled,
)
from tumorboard.scheduling.engine import (
    Plan,
    Problem,
    Slot,
    Urgency,
    Waiting,
    check,
    measure,
    plan,
    what_if,
)

instances = st.builds(
    an_instance,
    boards=st.integers(1, 3),
    cases=st.integers(1, 24),
    weeks=st.integers(1, 3),
    seed=st.integers(0, 10**6),
)
few = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@few
@given(instances)
def test_no_plan_breaks_a_hard_rule(problem):
    assert check(problem, plan(problem)) == ()


@few
@given(instances, st.integers(0, 99))
def test_shuffled_problem_has_the_same_plan(problem, seed):
    assert plan(Problem.from_json(shuffled(problem, seed))) == plan(problem)


@few
@given(instances)
def test_locked_cases_stand_where_they_are_locked(problem):
    places = plan(problem).places

    assert all(places[case.id].meeting == case.locked for case in problem.cases if case.locked)


@few
@given(instances, st.data())
def test_every_board_planned_anew_alone_breaks_nothing(problem, data):
    before = plan(problem)
    board = data.draw(st.sampled_from([board.id for board in problem.boards]))

    assert check(problem, plan(problem, previous=before, boards={board})) == ()


@few
@given(instances, st.data())
def test_what_if_says_possible_only_without_an_obstacle(problem, data):
    before = plan(problem)
    case = data.draw(st.sampled_from([case.id for case in problem.cases]))
    meeting = data.draw(st.sampled_from([meeting.id for meeting in problem.meetings]))

    answer = what_if(problem, before, case, meeting)

    assert answer.is_possible == (answer.reason is None) == (answer.levels is not None)


@few
@given(instances)
def test_plan_written_and_read_is_the_same(problem):
    answer = plan(problem)

    assert Plan.from_json(answer.to_json()) == answer


tiny_cases = st.lists(
    st.builds(
        a_case,
        id=st.uuids().map(str),
        minutes=st.sampled_from([20, 30, 40]),
        urgency=st.sampled_from(Urgency),
        deadline=st.sampled_from([meeting.date for meeting in (a_meeting(0), a_meeting(1))]),
        published=st.sampled_from([None, published(0), published(1)]),
    ),
    min_size=1,
    max_size=4,
)


@few
@given(tiny_cases)
def test_level_one_is_never_below_the_best_of_all_plans_and_the_bound_never_above(cases):
    problem = a_problem(cases=tuple(cases), meetings=(a_meeting(0), a_meeting(1)))
    best = min(levels[0] for levels in _all_levels(problem))

    answer = plan(problem)

    assert answer.bounds[0] <= best <= answer.levels[0]


def _all_levels(problem):
    for choice in product((None, "m0", "m1"), repeat=len(problem.cases)):
        slots, ends = [], {"m0": 0, "m1": 0}
        for case, meeting in zip(problem.cases, choice, strict=True):
            if meeting is not None:
                slots.append(Slot(case.id, meeting, ends[meeting]))
                ends[meeting] += case.minutes
        waiting = [Waiting(case.id) for case, meeting in zip(problem.cases, choice, strict=True) if meeting is None]
        answer = Plan(tuple(slots), tuple(waiting))
        if max(ends.values()) <= 60:
            assert check(problem, answer) == ()
            yield measure(problem, answer)


@few
@given(tiny_cases)
def test_case_alone_stands_where_it_costs_least(cases):
    problem = a_problem(cases=(replace(cases[0], published=None),))
    best = min(_all_levels(problem))

    assert plan(problem).levels == best
