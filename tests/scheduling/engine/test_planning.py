"""The public face: plans as JSON, planning some boards only, what if, and differences."""

import ast
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.scheduling.engine.factories import (
    TODAY,
    a_case,
    a_meeting,
    a_presenter,
    a_problem,
    an_instance,
    published,
)
from tumorboard.scheduling import engine
from tumorboard.scheduling.engine import (
    BadInstance,
    Config,
    Plan,
    Problem,
    ReasonCode,
    Slot,
    Status,
    Urgency,
    Waiting,
    check,
    diff,
    plan,
    what_if,
)

ROOT = Path(engine.__file__).parents[3]


def test_plan_written_and_read_is_the_same():
    answer = plan(an_instance(boards=2, cases=30, weeks=4, seed=1))

    assert Plan.from_json(answer.to_json()) == answer


def test_plan_with_nothing_but_assign_is_read():
    data = {"assign": {"b": None, "a": {"meeting": "m0", "start": 5}}}

    assert Plan.from_json(data) == Plan((Slot("a", "m0", 5),), (Waiting("b"),))


def test_plan_with_a_wrong_field_is_refused_by_its_name():
    with pytest.raises(BadInstance, match=r"assign.a.start must be a whole number of at least 0\."):
        Plan.from_json({"assign": {"a": {"meeting": "m0"}}})


def test_plan_of_some_boards_leaves_the_others_unchanged_to_the_byte():
    problem = an_instance(boards=3, cases=60, weeks=5, seed=4)
    before = plan(problem)
    gone = next(slot.case for slot in before.slots if problem.cases[int(slot.case[1:])].board == "b00")
    away = {case.id: case.presenter for case in problem.cases}[gone]
    presenters = tuple(
        replace(each, away=tuple(TODAY + timedelta(days=day) for day in range(99))) if each.id == away else each
        for each in problem.presenters
    )
    changed = replace(problem, presenters=presenters)

    after = plan(changed, previous=before, boards={"b00"})

    boards = {case.id: case.board for case in problem.cases}
    others = [slot for slot in before.slots if boards[slot.case] != "b00"]
    assert [slot for slot in after.slots if boards[slot.case] != "b00"] == others
    assert {slot.case for slot in after.slots} != {slot.case for slot in before.slots}
    assert [v for v in check(changed, after) if v.case is None or boards[v.case] == "b00"] == []


def test_plan_of_some_boards_without_a_previous_one_says_what_was_not_planned():
    problem = an_instance(boards=2, cases=20, weeks=4, seed=4)

    answer = plan(problem, boards=["b00"])

    unplanned = [each for each in answer.waiting if each.why.code is ReasonCode.NOT_PLANNED]
    assert {each.case for each in unplanned} == {case.id for case in problem.cases if case.board == "b01"}


def test_boards_that_are_held_count_alike_in_levels_and_in_bounds():
    problem = an_instance(boards=2, cases=20, weeks=4, seed=4)

    answer = plan(problem, previous=plan(problem), boards=["b00"])

    assert (answer.status, answer.levels) == (Status.OPTIMAL, answer.bounds)
    assert answer.levels != answer.parts[0].levels


def test_plan_with_a_hint_is_the_plan_without():
    problem = an_instance(boards=2, cases=40, weeks=4, seed=5)

    assert plan(problem, previous=plan(problem)) == plan(problem)


def test_plan_of_an_unknown_board_is_refused():
    with pytest.raises(BadInstance, match="boards must name boards of the instance, not lung"):
        plan(a_problem(), boards=["lung"])


def test_what_if_names_the_cases_that_would_move():
    first = a_case(id="a", minutes=40, deadline=TODAY + timedelta(days=5))
    second = a_case(id="b", minutes=40, deadline=TODAY + timedelta(days=6))
    problem = a_problem(cases=(first, second))

    answer = what_if(problem, plan(problem), "b", "m0")

    assert answer.is_possible
    assert [(move.case, move.to_meeting) for move in answer.moves] == [("a", "m1"), ("b", "m0")]
    assert answer.difference[0] == (2 * 9) - (1 * 8)


def test_what_if_against_a_hard_rule_gives_the_reason():
    problem = a_problem(cases=(a_case(id="a"),), presenters=(a_presenter(away=(TODAY,)),))

    answer = what_if(problem, plan(problem), "a", "m0")

    assert (answer.is_possible, answer.reason.code) == (False, ReasonCode.PRESENTER_AWAY)


def test_what_if_against_locked_cases_gives_the_reason():
    problem = a_problem(cases=(a_case(id="a"), a_case(minutes=55, locked="m0")))

    assert what_if(problem, plan(problem), "a", "m0").reason.code is ReasonCode.FULL


def test_what_if_of_a_locked_case_says_it_is_locked():
    problem = a_problem(cases=(a_case(id="a", locked="m1"),))

    assert what_if(problem, plan(problem), "a", "m0").reason.code is ReasonCode.LOCKED


def test_what_if_of_where_it_stands_changes_nothing():
    problem = a_problem(cases=(a_case(id="a", published=published(0)),))

    answer = what_if(problem, plan(problem), "a", "m0")

    assert (answer.moves, answer.difference) == ((), (0, 0, 0, 0, 0, 0))


def test_what_if_of_unknown_things_is_refused():
    problem = a_problem(cases=(a_case(id="a"),))

    with pytest.raises(BadInstance, match="meeting must be one of the instance"):
        what_if(problem, plan(problem), "a", "m9")


def test_diff_says_first_why_a_case_could_not_stay_where_it_was():
    meetings = tuple(a_meeting(week) for week in range(3))
    cases = (a_case(id="a"), a_case(id="b", presenter="dr-b", minutes=60, locked="m1"))
    before, after = (
        plan(a_problem(meetings=meetings, cases=cases, presenters=(a_presenter(away=away), a_presenter("dr-b"))))
        for away in ((), (TODAY,))
    )

    (move,) = diff(before, after)

    assert (move.from_meeting, move.to_meeting) == ("m0", "m2")
    assert move.why is not None
    assert move.why.sentence == "The presenter is away on Tue, Dec 1. Stands on Tue, Dec 15: Tue, Dec 8 is full."


def test_diff_names_who_moved_came_or_left():
    before = Plan((Slot("a", "m0", 0), Slot("b", "m0", 10), Slot("c", "m0", 20)), (Waiting("d"),))
    after = Plan((Slot("a", "m0", 0), Slot("b", "m1", 0), Slot("d", "m0", 10)), (Waiting("c"),))

    moves = [(move.case, move.from_meeting, move.to_meeting) for move in diff(before, after)]

    assert moves == [("b", "m0", "m1"), ("c", "m0", None), ("d", None, "m0")]


def test_plan_is_the_same_whatever_the_hash_seed():
    script = (
        "from tests.scheduling.engine.factories import an_instance\n"
        "from tumorboard.scheduling.engine import plan\n"
        "import hashlib, json\n"
        "answer = plan(an_instance(boards=3, cases=60, weeks=5, seed=8))\n"
        "print(hashlib.sha256(json.dumps(answer.to_json()).encode()).hexdigest())\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }

    assert len(answers) == 1


def test_check_shares_nothing_with_the_planner():
    allowed = ("check", "plan", "problem")
    for module in (ROOT / "tumorboard/scheduling/engine/check").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tumorboard"):
                assert node.module.split(".")[3] in allowed


def test_meetings_that_have_passed_are_no_skipped_meetings():
    meetings = (a_meeting(-1), a_meeting(0))
    problem = Problem.from_json(a_problem(cases=(a_case(id="a"),), meetings=meetings).to_json())

    assert plan(problem).places["a"].skipped == ()


@pytest.mark.parametrize("by", ["auto", "stdlib"])
def test_a_lock_that_leaves_no_place_for_the_break_takes_it_away_and_the_bound_stays_above_nothing(by: str):
    long = a_meeting(0, minutes=90, reserve=15)
    locked = a_case(minutes=70, urgency=Urgency.URGENT, locked=long.id)
    overdue = a_case(minutes=5, deadline=TODAY - timedelta(days=90))
    problem = a_problem(meetings=(long,), cases=(locked, overdue), config=Config(break_minutes=10))

    answer = plan(problem, engine=by)

    assert check(problem, answer) == ()
    assert check(problem, Plan.from_json(answer.to_json())) == ()
    assert 0 <= answer.bounds[0] <= answer.levels[0]


def test_locked_cases_of_a_million_minutes_and_points_beyond_counting_are_written_and_read_again():
    cases = tuple(a_case(minutes=1_000_000, locked="m0") for _ in range(3))
    late = tuple(a_case(minutes=40, deadline=date(1900, 1, 1)) for _ in range(4))
    heavy = Config(w_urgency=(1_000_000,) * 4, beyond_days=1_000_000)
    problem = a_problem(cases=(*cases, *late), config=heavy)

    for by in ("auto", "stdlib"):
        assert check(problem, Plan.from_json(plan(problem, engine=by).to_json())) == ()
