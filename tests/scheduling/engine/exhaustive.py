"""The best plan of a tiny instance by trying everything, judged by the independent check alone."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from tests.scheduling.engine.factories import TODAY
from tumorboard.scheduling.engine import (
    Board,
    Case,
    Config,
    Meeting,
    Parallel,
    Plan,
    Presenter,
    Problem,
    PublishedSlot,
    Rep,
    Slot,
    Urgency,
    Waiting,
    check,
    measure,
)

STEP = 5


def tiny(seed: int) -> Problem:
    """A few cases on two boards whose meetings run beside each other, everything in steps of five minutes."""
    chance = random.Random(seed)
    boards = ("b0", "b1")[: chance.choice((1, 2))]
    meetings = tuple(_meeting(board, week, chance) for board in boards for week in range(2))
    presenters = tuple(_presenter(each, chance) for each in range(2))
    cases = tuple(_case(f"c{each}", boards, meetings, presenters, chance) for each in range(chance.choice((3, 4))))
    config = Config(
        parallel=chance.choice(list(Parallel)),
        switch_gap=STEP,
        move_price=chance.choice((0, 300)),
        fair_prior=chance.choice((0, 3)),
    )
    return Problem(
        today=TODAY,
        horizon_end=TODAY + timedelta(weeks=2),
        boards=tuple(Board(board, "hub") for board in boards),
        meetings=meetings,
        reps=tuple(Rep(f"r{board}", board, "pathology", _days(0.2, chance)) for board in boards),
        presenters=presenters,
        cases=cases,
        config=config,
    )


def best_levels(problem: Problem) -> tuple[int, ...]:
    """Return the least levels of any plan that breaks no rule."""
    choices = [[case.locked] if case.locked else [None, *_own(problem, case)] for case in problem.cases]
    plans = (_placed(problem, places) for places in product(*choices))
    ranked = sorted(((measure(problem, plan), plan.to_json()["assign"], plan) for plan in plans), key=_levels)
    return next(levels for levels, _, plan in ranked if any(not check(problem, each) for each in _timed(problem, plan)))


def _levels(entry: tuple[tuple[int, ...], object, Plan]) -> tuple[int, ...]:
    return entry[0]


def _own(problem: Problem, case: Case) -> list[str]:
    return [meeting.id for meeting in problem.meetings if meeting.board == case.board]


def _placed(problem: Problem, places: tuple[str | None, ...]) -> Plan:
    pairs = list(zip(problem.cases, places, strict=True))
    slots = tuple(Slot(case.id, place, 0) for case, place in pairs if place is not None)
    return Plan(slots, tuple(Waiting(case.id) for case, place in pairs if place is None))


def _timed(problem: Problem, plan: Plan) -> Iterator[Plan]:
    """Every way to give the slots starts in steps of five minutes."""
    minutes = {case.id: case.minutes for case in problem.cases}
    lengths = {each.id: max(each.minutes, _locked(problem, each)) for each in problem.meetings}
    starts = [range(0, max(1, lengths[slot.meeting] - minutes[slot.case] + 1), STEP) for slot in plan.slots]
    for chosen in product(*starts):
        slots = tuple(Slot(slot.case, slot.meeting, start) for slot, start in zip(plan.slots, chosen, strict=True))
        yield Plan(slots, plan.waiting)


def _locked(problem: Problem, meeting: Meeting) -> int:
    return sum(case.minutes for case in problem.cases if case.locked == meeting.id)


def _meeting(board: str, week: int, chance: random.Random) -> Meeting:
    return Meeting(
        id=f"{board}-{week}",
        board=board,
        date=TODAY + timedelta(weeks=week),
        start=960 + chance.choice((0, 0, 10)),
        minutes=chance.choice((15, 20, 30)),
        reserve=chance.choice((0, 0, 10)),
        cancelled=chance.random() < 0.05,
    )


def _presenter(each: int, chance: random.Random) -> Presenter:
    begin = 960 + chance.choice((0, 5, 10))
    window = (begin, begin + chance.choice((15, 20, 30))) if chance.random() < 0.4 else None
    busy = ((TODAY, 970, 975),) if chance.random() < 0.2 else ()
    return Presenter(f"p{each}", chance.choice(("hub", "north")), _days(0.1, chance), window, busy)


def _days(share: float, chance: random.Random) -> tuple[date, ...]:
    return tuple(TODAY + timedelta(weeks=week) for week in range(2) if chance.random() < share)


def _case(
    id: str,
    boards: tuple[str, ...],
    meetings: tuple[Meeting, ...],
    presenters: tuple[Presenter, ...],
    chance: random.Random,
) -> Case:
    board = chance.choice(boards)
    own = [meeting for meeting in meetings if meeting.board == board]
    presenter, meeting = chance.choice(presenters), chance.choice(own)
    fate = chance.random()
    return Case(
        id=id,
        board=board,
        minutes=chance.choice((5, 10, 15)),
        urgency=chance.choice(list(Urgency)),
        submitted=TODAY - timedelta(days=chance.randrange(20)),
        ready=TODAY + timedelta(days=chance.choice((0, 0, 0, 3))),
        deadline=TODAY + timedelta(days=chance.randrange(-4, 10)),
        presenter=presenter.id,
        institution=presenter.institution,
        specialties=("pathology",) if chance.random() < 0.3 else (),
        # A lock respects its presenter's hours where it can, the check only demands the meeting: kept apart here.
        locked=meeting.id if fate < 0.06 and presenter.window is None and not presenter.busy else None,
        published=PublishedSlot(meeting.id, chance.choice((0, 5, 10))) if 0.06 <= fate < 0.4 else None,
        backup=chance.choice(presenters).id if chance.random() < 0.15 and fate >= 0.06 else None,
        busy=((TODAY, 965, 975),) if fate > 0.9 else (),
    )
