"""What a board costs as boards become more, and what a reason costs."""

from benchmarks.clock import seconds_of
from benchmarks.instances import Size, instance
from tumorboard.scheduling import engine
from tumorboard.scheduling.engine.catalog import Catalog
from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.explain import Explainer
from tumorboard.scheduling.engine.fixed import fix
from tumorboard.scheduling.engine.objective import Objective
from tumorboard.scheduling.engine.rules import Rules

BOARDS = (1, 2, 5, 10, 20, 40)
CASES_A_BOARD, WEEKS, SEED = 25, 10, 5


def main() -> None:
    """Print seconds a board, and microseconds a case for its reasons."""
    print(f"\ngrowth: {CASES_A_BOARD} cases a board, {WEEKS} weeks")
    print(f"{'boards':34}{'solver s':>11}{'a board':>11}{'library s':>11}{'a board':>11}{'us a case':>13}")
    for boards in BOARDS:
        problem = instance(Size(boards, CASES_A_BOARD * boards, WEEKS), SEED)
        solver, plan = seconds_of(lambda problem=problem: engine.plan(problem))
        library, _ = seconds_of(lambda problem=problem: engine.plan(problem, engine="stdlib"))
        seconds = "".join(f"{each:>11.3f}" for each in (solver, solver / boards, library, library / boards))
        print(f"{boards:<34}{seconds}{_reasons(problem, plan):>13.0f}", flush=True)


def _reasons(problem: engine.Problem, plan: engine.Plan) -> float:
    """Return the microseconds a case takes to be explained."""
    draft = Draft(Objective(Rules(Catalog(problem))))
    fix(draft)
    for slot in plan.slots:
        draft.where[slot.case] = slot.meeting
        draft.starts[slot.meeting] = draft.starts.get(slot.meeting, {}) | {slot.case: slot.start}
    # What the rules allow has been looked up while planning.
    draft.objective.levels(draft.where)
    for case in problem.cases:
        draft.objective.choices(case)
    explainer = Explainer(draft)
    placed = [case for case in problem.cases if case.id in draft.where]
    return 1e6 * seconds_of(lambda: [explainer.slot(case) for case in placed])[0] / max(1, len(placed))
