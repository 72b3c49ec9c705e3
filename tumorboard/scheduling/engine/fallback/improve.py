"""Board by board: settle, ruin and recreate, polish; boards that share presenters once more at the end."""

import random
from collections.abc import Mapping

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.fallback.polish import polish
from tumorboard.scheduling.engine.fallback.ruin import ruin_and_recreate
from tumorboard.scheduling.engine.fallback.settle import Settler
from tumorboard.scheduling.engine.fallback.table import Table
from tumorboard.scheduling.engine.problem import Parallel

# A board of so many cases takes the steps it is given, a smaller one up to so many times as many.
LARGE_BOARD, MOST_TIMES = 66, 5


def settle(draft: Draft) -> None:
    """Make every board as good as sharing out between two meetings can."""
    for board in sorted(draft.boards):
        Settler(Table(draft, board)).settle()


def improve(draft: Draft, *, steps: int, seeds: Mapping[str, str]) -> None:
    """Search for better places; the same ones for the same problem."""
    for board in sorted(draft.boards):
        table = Table(draft, board)
        chance = random.Random(seeds[board])  # noqa: S311  # the same draws every time are wanted
        ruin_and_recreate(table, steps=_steps(table, steps), chance=chance)
        polish(table)
    for board in sorted(draft.boards):
        # What another board has given up since may be of use here.
        if _shares_presenters(draft, board):
            table = Table(draft, board)
            chance = random.Random(seeds[board])  # noqa: S311  # the same draws every time are wanted
            ruin_and_recreate(table, steps=_steps(table, steps) if is_tied(draft) else 0, chance=chance)
            polish(table)


def _steps(table: Table, steps: int) -> int:
    """Return how often to try: a step of a small board costs little, so that it may take more of them."""
    return min(MOST_TIMES * steps, max(steps, steps * LARGE_BOARD // max(1, len(table.cases))))


def is_tied(draft: Draft) -> bool:
    """Whether boards share presenters who may not be in two meetings at once."""
    policies = draft.catalog.policies.values()
    if all(policy.parallel is not Parallel.FORBID for policy in policies):
        return False
    return any(_shares_presenters(draft, board) for board in sorted(draft.boards))


def _shares_presenters(draft: Draft, board: str) -> bool:
    """Whether anybody may be wanted at another board at the same time."""
    catalog = draft.catalog
    people = {person for case in draft.free_of(board) for person in (case.presenter, case.backup) if person}
    return any(
        catalog.may_collide(catalog.presenters[person], meeting)
        for meeting in catalog.calendar.get(board, ())
        for person in sorted(people)
    )
