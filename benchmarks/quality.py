"""How good plans are and what they cost: avoidable lateness against the optimum, processor time, rules kept."""

from benchmarks.baselines import appended, by_urgency, from_scratch
from benchmarks.clock import seconds_of
from benchmarks.instances import Size, instance
from tumorboard.scheduling import engine
from tumorboard.scheduling.engine import Plan, Problem, Status, Urgency
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
BUDGET = 20.0


def main() -> None:
    """Print avoidable lateness as multiples of the optimum, then who is on time."""
    print("\navoidable lateness as a multiple of the optimum; CPU seconds; share of boards proven on all levels")
    print(f"{'boards x cases x weeks, seed':34}" + "".join(f"{each:>11}" for each in COLUMNS))
    shares = [_row(size, seed) for size, seeds in SIZES for seed in range(1, seeds + 1)]
    print("\non time by urgency: the worst difference to the better greedy plan, over all instances")
    print(f"{'':34}" + "".join(f"{each:>11}" for each in Urgency))
    for at, name in enumerate(("standard library", "solver")):
        worst = [min(share[at][each] for share in shares) for each in Urgency]
        print(f"{name:34}" + "".join(f"{each:>+11.3f}" for each in worst), flush=True)


def _row(size: Size, seed: int) -> list[dict[Urgency, float]]:
    """Print one row; return by how much each engine beats greedy in each class."""
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
    shares = [on_time(problem, each) for each in greedy[1:]]
    better = {each: max(share[each] for share in shares) for each in Urgency}
    return [{each: on_time(problem, plan)[each] - better[each] for each in Urgency} for plan in (library, optimum)]


def least_possible(problem: Problem) -> int:
    """Return the lateness nobody could avoid: each case where it alone stands best."""
    objective = Objective(Rules(Catalog(problem)))
    return sum(objective.own_minimum(case)[0] for case in problem.cases)


def on_time(problem: Problem, plan: Plan) -> dict[Urgency, float]:
    """Return the share of cases that stand not after their deadline, by urgency."""
    dates, places = {meeting.id: meeting.date for meeting in problem.meetings}, plan.places
    shares = {}
    for urgency in Urgency:
        asked = [case for case in problem.cases if case.urgency is urgency]
        good = [case for case in asked if case.id in places and dates[places[case.id].meeting] <= case.deadline]
        shares[urgency] = len(good) / max(1, len(asked))
    return shares


def _late(plan: Plan) -> int:
    return plan.levels[0] if plan.levels else 0


def _level_one_seconds(problem: Problem) -> float:
    """Return the time for proving levels 1 to 3 of each board alone, which is one solve."""
    from tumorboard.scheduling.engine.assign import levels
    from tumorboard.scheduling.engine.assign.model import GroupModel

    def prove() -> None:
        draft = Draft(Objective(Rules(Catalog(problem))))
        fix(draft)
        for board in sorted(draft.boards):
            group = GroupModel(draft, {board}, [])
            group.model.minimize(levels._lateness(group).total)
            levels._solver(BUDGET).solve(group.model)

    return seconds_of(prove)[0]
