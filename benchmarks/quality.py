"""How good plans are and what they cost: avoidable lateness against the optimum, processor time, rules kept."""

from benchmarks.baselines import appended, by_urgency, from_scratch
from benchmarks.clock import seconds_of
from benchmarks.instances import Size, instance
from tumorboard.scheduling import engine
from tumorboard.scheduling.engine import Plan, Problem, Status, Urgency, fallback
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.fixed import fix
from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.rules import Rules

SIZES = (
    (Size(1, 60, 12), 3),
    (Size(12, 400, 12), 3),
    (Size(12, 800, 7), 1),
    (Size(12, 600, 12, parallel=True), 1),
    (Size(40, 2000, 26), 1),
    (Size(40, 2800, 7), 1),
)
COLUMNS = ("first come", "kept", "scratch", "library", "bound", "lib s", "level 1 s", "all s", "proven", "broken")
PLANS = ("first come", "by urgency, published kept", "by urgency, from scratch", "standard library", "solver")
BUDGET = 20.0
OnTime = dict[Urgency, tuple[int, int]]


def main() -> None:
    """Print avoidable lateness as multiples of the optimum, then who is on time."""
    print("\navoidable lateness as a multiple of the optimum; CPU seconds; share of boards proven on all levels")
    print(f"{'boards x cases x weeks, seed':34}" + "".join(f"{each:>11}" for each in COLUMNS))
    rows = [_row(size, seed) for size, seeds in SIZES for seed in range(1, seeds + 1)]
    print("\nshare on time by urgency, all instances together")
    print(f"{'':34}" + "".join(f"{each:>11}" for each in Urgency))
    for name in rows[0]:
        pairs = [[row[name][each] for row in rows] for each in Urgency]
        shares = [sum(good for good, _ in column) / sum(asked for _, asked in column) for column in pairs]
        print(f"{name:34}" + "".join(f"{each:>11.3f}" for each in shares), flush=True)


def _row(size: Size, seed: int) -> dict[str, OnTime]:
    """Print one row; return for each way of planning who is on time."""
    problem = instance(size, seed)
    library_seconds, library = seconds_of(lambda: engine.plan(problem, engine="stdlib"))
    all_seconds, optimum = seconds_of(lambda: engine.plan(problem))
    greedy = [appended(problem), by_urgency(problem), from_scratch(problem)]
    least = least_possible(problem)
    # Where level 1 is not proven, the bound stands for the optimum: ratios are then too large, never too small.
    best = sum(part.bounds[0] or 0 for part in optimum.parts) - least
    ratios = [(_late(each) - least) / best for each in (*greedy, library)]
    ratios.append(((library.bounds or (0,))[0] or 0) / _late(optimum))
    proven = sum(len(part.boards) for part in optimum.parts if part.status is Status.OPTIMAL) / size.boards
    broken = sum(len(engine.check(problem, each)) for each in (library, optimum))
    seconds = library_seconds, _level_one_seconds(problem), all_seconds
    numbers = "".join(f"{each:>11.3f}" for each in ratios) + "".join(f"{each:>11.2f}" for each in (*seconds, proven))
    print(f"{f'{size}, {seed}':34}{numbers}{broken:>11}", flush=True)
    plans = dict(zip(PLANS, (*greedy, library, optimum), strict=True))
    return {name: on_time(problem, each) for name, each in plans.items()}


def least_possible(problem: Problem) -> int:
    """Return the lateness nobody could avoid: each case where it alone stands best."""
    objective = Objective(Rules(Catalog(problem)))
    return sum(objective.own_minimum(case)[0] for case in problem.cases)


def on_time(problem: Problem, plan: Plan) -> OnTime:
    """Return how many cases stand not after their deadline, and how many there are, by urgency."""
    dates, places = {meeting.id: meeting.date for meeting in problem.meetings}, plan.places
    counts = {}
    for urgency in Urgency:
        asked = [case for case in problem.cases if case.urgency is urgency]
        good = [case for case in asked if case.id in places and dates[places[case.id].meeting] <= case.deadline]
        counts[urgency] = len(good), len(asked)
    return counts


def _late(plan: Plan) -> int:
    return plan.levels[0] if plan.levels else 0


def _level_one_seconds(problem: Problem) -> float:
    """Return the time for proving levels 1 to 3 of each board alone, begun as a plan begins."""
    from tumorboard.scheduling.engine.assign.levels import lateness
    from tumorboard.scheduling.engine.assign.model import GroupModel
    from tumorboard.scheduling.engine.assign.search import Search

    def prove() -> None:
        draft = Draft(Objective(Rules(Catalog(problem))))
        fix(draft)
        for board in sorted(draft.boards):
            group = GroupModel(draft, {board}, [])
            quick = draft.narrowed({board})
            fallback.placed(quick)
            Search(group, lambda _: [], hint=quick.where, budget=BUDGET).settle(lateness(group))

    return seconds_of(prove)[0]
