"""The order inside a meeting."""

import random
from itertools import pairwise, permutations

import pytest

from tests.scheduling.engine.factories import a_case, a_meeting, a_problem
from tumorboard.scheduling.engine import Board, Config, Plan, Slot, Urgency, ViolationCode, check, plan
from tumorboard.scheduling.engine.agenda import Agenda, Item, timed
from tumorboard.scheduling.engine.objective import order_keys
from tumorboard.scheduling.engine.sequence import best_starts, feasible_starts


def an_item(case, minutes=10, rank=3, span=(0, 60), **overrides):
    return Item(case, minutes, rank, (span,), **overrides)


def order(agenda):
    starts = best_starts(agenda, timed(agenda.items) or feasible_starts(agenda, {}))
    return "".join(sorted(starts, key=lambda case: starts[case]))


def a_random_agenda(seed, size, windows):
    chance = random.Random(seed)
    items = []
    for each in range(size):
        begin = chance.choice([0, 10, 20]) if windows and chance.random() < 0.5 else 0
        end = chance.choice([40, 60, 80]) if windows else 200
        items.append(
            an_item(
                f"{each:02}",
                chance.choice([5, 10]),
                chance.randrange(4),
                (begin, end),
                presenter=chance.choice([None, "x", "y"]),
                published=chance.choice([None, 0, 20]),
                leavers=chance.choice([(), ("radiology",)]),
            )
        )
    return Agenda(tuple(items))


def test_more_urgent_cases_come_first():
    assert order(Agenda((an_item("a", rank=3), an_item("b", rank=0), an_item("c", rank=1)))) == "bca"


def test_published_starts_are_kept_within_a_rank():
    assert order(Agenda((an_item("a", minutes=20, published=20), an_item("b", minutes=20, published=0)))) == "ba"


def test_cases_of_an_outside_presenter_stand_together():
    items = (an_item("a", presenter="x"), an_item("b"), an_item("c", presenter="x"))

    assert order(Agenda(items)) in ("acb", "bac", "bca", "cab")


def test_specialties_that_may_leave_early_come_first():
    assert order(Agenda((an_item("a"), an_item("b", leavers=("radiology",))))) == "ba"


def test_window_outranks_urgency():
    assert order(Agenda((an_item("a", rank=0, span=(10, 60)), an_item("b", span=(0, 20))))) == "ba"


def test_case_that_must_wait_for_its_presenter_leaves_a_gap():
    starts = best_starts(Agenda((an_item("a", span=(30, 60)),)), {"a": 30})

    assert starts == {"a": 30}


def test_windows_that_cannot_be_met_have_no_order():
    items = (an_item("a", span=(0, 10)), an_item("b", span=(0, 15)))

    assert feasible_starts(Agenda(items), {}) is None


@pytest.mark.parametrize("seed", range(12))
def test_feasible_order_is_found_exactly_when_one_exists(seed):
    agenda = a_random_agenda(seed, 6, windows=True)
    agenda = Agenda(tuple(an_item(i.case, 10, i.rank, (i.spans[0][0], i.spans[0][1] - 10)) for i in agenda.items))

    exists = any(timed(each) is not None for each in permutations(agenda.items))

    assert (feasible_starts(agenda, {}) is not None) == exists


@pytest.mark.parametrize("seed", range(8))
def test_small_meeting_has_the_best_of_all_orders_without_gaps(seed):
    agenda = a_random_agenda(seed, 6, windows=False)

    best = min(order_keys(agenda, timed(each)) for each in permutations(agenda.items))

    assert order_keys(agenda, best_starts(agenda, {})) == best


def test_forced_gaps_still_give_the_best_of_all_orders():
    items = (an_item("a", 10, 0, (30, 60)), an_item("b", 10, 3, (0, 60)), an_item("c", 10, 1, (0, 60)))
    agenda = Agenda(items)

    best = min(order_keys(agenda, timed(each)) for each in permutations(items) if timed(each))

    assert order_keys(agenda, best_starts(agenda, {})) == best


@pytest.mark.parametrize("seed", range(4))
def test_large_meeting_is_never_worse_than_the_order_it_began_with(seed):
    agenda = a_random_agenda(seed, 18, windows=False)
    fallback = timed(agenda.items)

    assert order_keys(agenda, best_starts(agenda, fallback)) <= order_keys(agenda, fallback)


def test_long_meeting_has_a_break_in_its_middle():
    cases = tuple(a_case(id=f"c{each}", minutes=15) for each in range(5))
    problem = a_problem(cases=cases, meetings=(a_meeting(0, minutes=90),), config=Config(break_minutes=10))

    answer = plan(problem)

    spans = sorted((slot.start, slot.start + 15) for slot in answer.slots)
    pauses = [(end, begin) for (_, end), (begin, _) in pairwise(spans) if end < begin]
    assert len(pauses) == 1
    assert pauses[0][1] - pauses[0][0] >= 10
    assert 20 <= pauses[0][0] <= 60
    assert check(problem, answer) == ()


def test_meeting_without_the_break_its_board_wants_is_a_violation():
    cases = tuple(a_case(id=f"c{each}", minutes=15) for each in range(5))
    problem = a_problem(cases=cases, meetings=(a_meeting(0, minutes=90),), config=Config(break_minutes=10))
    slots = tuple(Slot(case.id, "m0", 15 * place) for place, case in enumerate(cases))

    assert [one.code for one in check(problem, Plan(slots))] == [ViolationCode.NO_BREAK]


def test_half_empty_meeting_needs_no_break():
    problem = a_problem(
        cases=(a_case(minutes=20),), meetings=(a_meeting(0, minutes=90),), config=Config(break_minutes=10)
    )

    assert [slot.start for slot in plan(problem).slots] == [0]


def test_complex_cases_come_first_among_equally_urgent_ones():
    cases = (
        a_case(id="short", minutes=5),
        a_case(id="long", minutes=20),
        a_case(id="urgent", minutes=5, urgency=Urgency.URGENT),
    )
    problem = a_problem(cases=cases, meetings=(a_meeting(0),), config=Config(complex_minutes=15))

    slots = sorted(plan(problem).slots, key=lambda slot: slot.start)

    assert [slot.case for slot in slots] == ["urgent", "long", "short"]


def test_board_with_a_policy_of_its_own_is_planned_by_it():
    """Two boards alike, one of which wants long cases first."""
    own = Config(complex_minutes=15)
    boards = (Board("gi", "hub"), Board("chest", "hub", config=own))
    meetings = (a_meeting(0), a_meeting(0, id="n0", board="chest", start=600))
    cases = tuple(
        a_case(id=f"{board}-{name}", board=board, minutes=minutes, presenter=f"{board}-{name}")
        for board in ("gi", "chest")
        for name, minutes in (("a", 5), ("b", 20))
    )

    slots = plan(a_problem(boards=boards, meetings=meetings, cases=cases)).places

    assert slots["chest-b"].start < slots["chest-a"].start
    assert slots["gi-a"].start < slots["gi-b"].start
