"""Processor time of the engine on a full alliance: 12 boards, 400 cases, 12 weeks."""

import time

from tests.scheduling.engine.factories import an_instance
from tumorboard.scheduling import engine

BOARDS, CASES, WEEKS, SEEDS = 12, 400, 12, (1, 2, 3)


def main() -> None:
    """Plan three made-up alliances from nothing, and each again from its own plan."""
    title = f"engine: {BOARDS} boards, {CASES} cases, {WEEKS} weeks"
    print(f"\n{title:46}{'CPU s':>10}{'placed':>10}{'broken':>10}")
    for seed in SEEDS:
        problem = an_instance(boards=BOARDS, cases=CASES, weeks=WEEKS, seed=seed)
        began = time.process_time()
        plan = engine.plan(problem)
        spent = time.process_time() - began
        broken = len(engine.check(problem, plan))
        print(f"{f'alliance {seed}, from nothing':46}{spent:>10.2f}{len(plan.slots):>10}{broken:>10}", flush=True)
        began = time.process_time()
        again = engine.plan(problem, previous=plan)
        spent = time.process_time() - began
        moved = len(set(plan.slots) ^ set(again.slots)) // 2
        print(
            f"{f'alliance {seed}, planned again':46}{spent:>10.2f}{len(again.slots):>10}{f'{moved} moved':>10}",
            flush=True,
        )
