"""Made-up alliances, always the same for the same seed: the instances every figure of the planner is measured on."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tumorboard.scheduling.engine import (
    Board,
    Case,
    Config,
    Meeting,
    Parallel,
    Presenter,
    Problem,
    PublishedSlot,
    Rep,
    Urgency,
)

TODAY = date(2026, 12, 1)
DAYS_UNTIL_DUE = {Urgency.EMERGENT: 2, Urgency.URGENT: 7, Urgency.SOON: 14, Urgency.ROUTINE: 28}
SPECIALTIES = ("surgery", "medical_oncology", "radiation_oncology", "pathology", "radiology")
# How many boards meet at the same hour where boards run in parallel.
AT_ONCE = 2
STARTS = (420, 480, 720, 960, 1020)


@dataclass(frozen=True)
class Size:
    """One row of the table: how many boards, cases and weeks, and what is special about them."""

    boards: int
    cases: int
    weeks: int
    parallel: bool = False

    def __str__(self) -> str:
        return f"{self.boards} x {self.cases:,} x {self.weeks}" + (", in parallel" if self.parallel else "")


def instance(size: Size, seed: int) -> Problem:
    """Weekly meetings of 60 to 90 minutes, cases of 5 to 20; a quarter not ready yet, a tenth urgent."""
    chance = random.Random(seed)
    members = [f"member-{each:02}" for each in range(8)]
    boards = tuple(_board(each, size, chance) for each in range(size.boards))
    meetings = tuple(_meeting(board, week, chance) for board in boards for week in range(size.weeks))
    presenters = tuple(_presenter(each, members, size, chance) for each in range(max(6, size.cases // 5)))
    reps = tuple(_rep(board, each, size, chance) for board in boards for each in SPECIALTIES)
    homes = _homes(boards, presenters, size, chance)
    cases = tuple(_case(each, boards[each % size.boards], homes, size, chance) for each in range(size.cases))
    problem = Problem(
        name=f"{size}, seed {seed}",
        today=TODAY,
        horizon_end=TODAY + timedelta(weeks=size.weeks),
        institutions=("hub", *members),
        boards=boards,
        meetings=meetings,
        presenters=presenters,
        reps=reps,
        cases=cases,
        config=Config(parallel=Parallel.FORBID if size.parallel else Parallel.ALLOW, early_leave=("pathology",)),
    )
    return _with_agendas(problem, chance)


def _board(each: int, size: Size, chance: random.Random) -> Board:
    weekday, start = (each // AT_ONCE % 5, 960) if size.parallel else (each % 5, chance.choice(STARTS))
    return Board(f"b{each:02}", "hub", weekday=weekday, start=start, minutes=chance.choice((60, 75, 90)))


def _meeting(board: Board, week: int, chance: random.Random) -> Meeting:
    days = ((board.weekday or 0) - TODAY.weekday()) % 7
    return Meeting(
        id=f"{board.id}-{week:02}",
        board=board.id,
        date=TODAY + timedelta(days=days, weeks=week),
        start=board.start or 0,
        minutes=board.minutes or 60,
        reserve=10,
        cancelled=chance.random() < 0.04,
    )


def _presenter(each: int, members: list[str], size: Size, chance: random.Random) -> Presenter:
    days = [TODAY + timedelta(days=day) for day in range(7 * size.weeks)]
    off = chance.randrange(len(days))
    away = [day for day in days if chance.random() < 0.03] + days[off : off + chance.choice((0, 0, 5, 12))]
    start = chance.choice(STARTS)
    window = (start - 30, start + chance.choice((60, 90, 240))) if chance.random() < 0.1 else None
    return Presenter(f"p{each:03}", chance.choice(["hub", *members]), tuple(away), window)


def _rep(board: Board, specialty: str, size: Size, chance: random.Random) -> Rep:
    days = [TODAY + timedelta(days=day) for day in range(7 * size.weeks)]
    return Rep(f"{board.id}-{specialty}", board.id, specialty, tuple(day for day in days if chance.random() < 0.04))


def _homes(
    boards: tuple[Board, ...], presenters: tuple[Presenter, ...], size: Size, chance: random.Random
) -> dict[str, list[Presenter]]:
    """Presenters mostly belong to one board; a tenth come to another as well."""
    homes: dict[str, list[Presenter]] = {board.id: [] for board in boards}
    for each, presenter in enumerate(presenters):
        homes[boards[each % len(boards)].id].append(presenter)
        if chance.random() < 0.1:
            homes[chance.choice(boards).id].append(presenter)
    for board in boards:
        homes[board.id] = homes[board.id] or [chance.choice(presenters)]
    return homes


def _case(each: int, board: Board, homes: dict[str, list[Presenter]], size: Size, chance: random.Random) -> Case:
    urgency = Urgency(chance.choices(list(Urgency), (3, 7, 30, 60))[0])
    age = chance.randrange(4) if urgency.may_use_reserve else chance.randrange(21)
    submitted = TODAY - timedelta(days=age)
    presenter = chance.choice(homes[board.id])
    ready = TODAY + timedelta(days=chance.randrange(1, 5 * size.weeks)) if chance.random() < 0.25 else submitted
    return Case(
        id=f"c{each:04}",
        board=board.id,
        minutes=chance.choice((5, 10, 10, 15, 20)),
        urgency=urgency,
        submitted=submitted,
        ready=ready,
        deadline=ready + timedelta(days=DAYS_UNTIL_DUE[urgency]),
        presenter=presenter.id,
        institution=presenter.institution,
        specialties=tuple(chance.sample(SPECIALTIES, chance.choice((0, 1, 2, 3)))),
    )


def _with_agendas(problem: Problem, chance: random.Random) -> Problem:
    """Publish what an office would have published: the older cases, one after another into the next meetings."""
    from benchmarks.baselines import appended

    older = tuple(case for case in problem.cases if not case.urgency.may_use_reserve)
    plan = appended(replace(problem, cases=older))
    told = {slot.case: PublishedSlot(slot.meeting, slot.start) for slot in plan.slots}
    soon = {meeting.id for meeting in problem.meetings if (meeting.date - TODAY).days < 28}
    cases = [
        replace(case, published=told[case.id])
        if case.id in told and told[case.id].meeting in soon and chance.random() < 0.9
        else case
        for case in problem.cases
    ]
    pinned = {each.id for each in chance.sample(cases, len(cases) // 50)}
    return replace(problem, cases=tuple(_pinned(case) if case.id in pinned else case for case in cases))


def _pinned(case: Case) -> Case:
    return replace(case, locked=case.published.meeting) if case.published else case
