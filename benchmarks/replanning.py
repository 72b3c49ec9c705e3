"""Planning again after one change on a full alliance: what it costs, and which boards change."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from statistics import median, quantiles

from benchmarks.clock import seconds_of
from benchmarks.instances import TODAY, Size, instance
from tumorboard.scheduling import engine
from tumorboard.scheduling.engine import Problem, Urgency

SIZE, CHANGES = Size(40, 2000, 26), 20
Change = Callable[[Problem, random.Random], Problem]


def main() -> None:
    """Make single changes to one plan and print the seconds each took."""
    problem = instance(SIZE, 1)
    before = engine.plan(problem)
    spent, boards, broken = [], [], 0
    for each in range(CHANGES):
        changed = KINDS[each % len(KINDS)](problem, random.Random(each))
        seconds, after = seconds_of(lambda changed=changed: engine.plan(changed, previous=before))
        spent.append(seconds)
        boards.append(_boards_changed(changed, before, after))
        broken += len(engine.check(changed, after))
    print(f"\nplanning again after one change at {SIZE}, {CHANGES} changes")
    print(f"{'median CPU s':>16}{'95th percentile':>18}{'most':>8}{'boards changed, most':>24}{'broken':>9}")
    worst = quantiles(spent, n=20)[-1]
    print(f"{median(spent):>16.2f}{worst:>18.2f}{max(spent):>8.2f}{max(boards):>24}{broken:>9}", flush=True)


def _boards_changed(problem: Problem, before: engine.Plan, after: engine.Plan) -> int:
    board_of = {meeting.id: meeting.board for meeting in problem.meetings}
    return len({board_of[slot.meeting] for slot in set(before.slots) ^ set(after.slots)})


def absence(problem: Problem, chance: random.Random) -> Problem:
    gone = chance.choice(problem.presenters)
    days = tuple(TODAY + timedelta(days=day) for day in range(10))
    return replace(problem, presenters=tuple(replace(p, away=days) if p is gone else p for p in problem.presenters))


def new_case(problem: Problem, chance: random.Random) -> Problem:
    like = chance.choice([case for case in problem.cases if case.locked is None])
    new = replace(like, id="c-new", published=None, urgency=Urgency.URGENT, deadline=TODAY + timedelta(days=7))
    return replace(problem, cases=(*problem.cases, new))


def withdrawn(problem: Problem, chance: random.Random) -> Problem:
    gone = chance.choice(problem.cases)
    return replace(problem, cases=tuple(case for case in problem.cases if case is not gone))


def cancelled(problem: Problem, chance: random.Random) -> Problem:
    locked = {case.locked for case in problem.cases}
    gone = chance.choice([meeting for meeting in problem.meetings[:80] if meeting.id not in locked])
    return replace(problem, meetings=tuple(replace(m, cancelled=True) if m is gone else m for m in problem.meetings))


KINDS: tuple[Change, ...] = (absence, new_case, withdrawn, cancelled)
