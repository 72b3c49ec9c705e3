"""The exact solver: what it proves is true, whatever the instance."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.instances import Size, instance
from tests.scheduling.engine.exhaustive import best_levels, tiny
from tests.scheduling.engine.factories import a_case, a_meeting, a_problem, published, shuffled
from tumorboard.scheduling.engine import Board, Budget, Config, Plan, Problem, Status, check, plan

LARGEST_NUMBER = 1_000_000
SMALL = Size(boards=4, cases=80, weeks=6, parallel=True)
seeds = st.integers(min_value=0, max_value=10**9)


def with_weights_of(problem: Problem, most: int) -> Problem:
    """The same problem, its most urgent cases as heavy as can be, the others in proportion."""
    weights = {
        name: tuple(most * weight // max(getattr(problem.config, name)) for weight in getattr(problem.config, name))
        for name in ("w_urgency", "e_urgency")
    }
    boards = tuple(replace(board, config=None) for board in problem.boards)
    return replace(problem, boards=boards, config=replace(problem.config, **weights, miss=most, move_price=most))


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_all_six_levels_are_those_of_trying_everything(seed: int):
    problem = tiny(seed)

    answer = plan(problem)

    assert (answer.levels, answer.bounds, answer.status) == (best_levels(problem),) * 2 + (Status.OPTIMAL,)
    assert check(problem, answer) == ()


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_so_are_they_with_the_largest_weights_a_policy_may_have(seed: int):
    problem = with_weights_of(tiny(seed), LARGEST_NUMBER)

    answer = plan(problem)

    assert (answer.levels, answer.bounds, answer.trouble) == (best_levels(problem),) * 2 + ("",)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_standard_library_keeps_every_rule_and_never_claims_too_much(seed: int):
    problem = tiny(seed)

    answer = plan(problem, engine="stdlib")

    assert check(problem, answer) == ()
    assert answer.bounds[0] <= best_levels(problem)[0] <= answer.levels[0]


@pytest.mark.parametrize("budget", [0.001, 0.003])
@pytest.mark.parametrize("seed", [0, 2, 3])
def test_however_small_the_budget_nobody_is_later_than_by_the_library_alone(seed: int, budget: float):
    problem = instance(Size(boards=2, cases=60, weeks=5), seed)

    answer = plan(problem, budget=Budget(board=budget))

    assert answer.levels[0] <= plan(problem, engine="stdlib").levels[0]
    assert check(problem, answer) == ()


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_a_longer_meeting_never_makes_lateness_worse(seed: int):
    problem = tiny(seed)
    longer = tuple(replace(meeting, minutes=meeting.minutes + 10) for meeting in problem.meetings)

    with_more = plan(replace(problem, meetings=longer))

    # A longer meeting admits longer cases, so a slot that was impossible to keep may begin to count as a move.
    if not any(case.published for case in problem.cases):
        assert with_more.levels[0] <= plan(problem).levels[0]


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_locked_case_never_moves(seed: int):
    problem = tiny(seed)

    places = plan(problem).places

    assert {each.id: places[each.id].meeting for each in problem.cases if each.locked} == {
        each.id: each.locked for each in problem.cases if each.locked
    }


@pytest.mark.parametrize("budget", [0.001, 0.01, 0.05])
def test_however_small_the_budget_no_rule_is_broken(budget: float):
    problem = instance(SMALL, 3)

    answer = plan(problem, budget=Budget(board=budget))

    assert check(problem, answer) == ()
    assert answer.bounds[0] <= plan(problem).levels[0] <= answer.levels[0]


def test_the_same_plan_comes_of_shuffled_lists_and_with_a_hint():
    problem = instance(SMALL, 1)
    answer = plan(problem)

    assert plan(Problem.from_json(shuffled(problem, 5))) == answer
    assert plan(problem, previous=answer) == answer
    assert plan(problem, previous=Plan.from_json(answer.to_json())) == answer


def test_the_same_plan_comes_of_every_process():
    program = (
        "from benchmarks.instances import *; from tumorboard.scheduling.engine import *; import hashlib;"
        "p = plan(instance(Size(4, 80, 6, parallel=True), 1));"
        "print(hashlib.sha256(str(p.to_json()).encode()).hexdigest())"
    )

    prints = {
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "random")
    }

    assert len(prints) == 1


def test_after_one_change_the_other_boards_stay_to_the_byte():
    problem = instance(Size(boards=6, cases=120, weeks=6), 2)
    before = plan(problem)
    gone = next(each for each in problem.presenters if any(case.presenter == each.id for case in problem.cases))
    away = tuple(meeting.date for meeting in problem.meetings)
    changed = replace(
        problem, presenters=tuple(replace(each, away=away) if each is gone else each for each in problem.presenters)
    )

    after = plan(changed, previous=before)

    touched = {case.board for case in problem.cases if case.presenter == gone.id}
    boards = {case.id: case.board for case in problem.cases}
    kept = [slot for slot in after.slots if boards[slot.case] not in touched]
    assert kept == [slot for slot in before.slots if boards[slot.case] not in touched]
    assert after == plan(changed)


def test_boards_that_have_not_changed_are_not_solved_again(monkeypatch):
    problem = instance(SMALL, 4)
    before = plan(problem)

    def refuse(*_args, **_budget):
        raise AssertionError("Nothing was to be solved.")

    monkeypatch.setattr("tumorboard.scheduling.engine.assign.groups.solve", refuse)

    assert plan(problem, previous=Plan.from_json(before.to_json())) == before


def test_a_previous_plan_that_was_tampered_with_is_not_believed():
    problem = instance(SMALL, 4)
    before = plan(problem)
    first = before.slots[0]
    elsewhere = next(each.id for each in reversed(problem.meetings) if each.id != first.meeting)
    tampered = replace(before, slots=(replace(first, meeting=elsewhere, start=0), *before.slots[1:]))

    assert plan(problem, previous=tampered) == before


def test_an_order_that_does_not_exist_is_found_out_and_another_meeting_chosen():
    """Two presenters who can only join in the same ten minutes cannot both be there."""
    meetings = (a_meeting(0), a_meeting(1))
    narrow = [replace(each, window=(960, 970)) for each in a_problem(cases=TWINS).presenters]

    answer = plan(a_problem(cases=TWINS, meetings=meetings, presenters=tuple(narrow)))

    assert sorted(slot.meeting for slot in answer.slots) == ["m0", "m1"]
    assert answer.status is Status.OPTIMAL


TWINS = (a_case(id="one", presenter="dr-a"), a_case(id="two", presenter="dr-b"))


def test_a_gap_is_left_where_it_keeps_what_was_published():
    told = a_case(id="told", published=published(0, start=40))

    slot = plan(a_problem(cases=(told,))).places["told"]

    assert 30 <= slot.start <= 50


def test_one_presenter_between_two_rooms_is_planned_to_the_end():
    rooms = ("gi", "lung")
    meetings = [a_meeting(week, id=f"{room}-{week}", board=room) for room in rooms for week in range(2)]
    lengths = (10, 20, 20, 15, 20)
    cases = [
        a_case(id=f"{room}-{each}", board=room, minutes=minutes)
        for room in rooms
        for each, minutes in enumerate(lengths)
    ]
    boards = tuple(Board(room, "hub") for room in rooms)
    problem = a_problem(boards=boards, meetings=tuple(meetings), cases=tuple(cases), config=Config(switch_gap=15))

    answer = plan(problem)

    assert answer.status is Status.OPTIMAL
    assert check(problem, answer) == ()


def test_one_presenter_of_many_boards_at_one_hour_goes_from_room_to_room():
    rooms = [f"board-{each}" for each in range(9)]
    problem = a_problem(
        boards=tuple(Board(room, "hub") for room in rooms),
        meetings=tuple(a_meeting(0, id=f"{room}-0", board=room) for room in rooms),
        cases=tuple(a_case(board=room, minutes=15) for room in rooms),
    )

    answer = plan(problem)

    # Three quarters of an hour and two ways of five minutes fill the hour.
    assert (answer.status, len(answer.slots)) == (Status.OPTIMAL, 3)
    assert check(problem, answer) == ()
