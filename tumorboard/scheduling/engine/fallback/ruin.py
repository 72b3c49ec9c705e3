"""Ruin and recreate: a few meetings are emptied in part and filled again in another order."""

import random

from tumorboard.scheduling.engine.fallback.settle import Settler
from tumorboard.scheduling.engine.fallback.table import Table

FEWEST_PLACES, MOST_PLACES = 2, 4
SHARE_TAKEN_OUT = 0.5


def ruin_and_recreate(table: Table, *, steps: int, chance: random.Random) -> None:
    """Try that many times; what is not cheaper is undone."""
    settler = Settler(table)
    settler.settle()
    for _ in range(steps):
        before = table.saved()
        wish = _wish(table, chance)
        if wish is None:
            return
        _recreate(table, wish, _ruin(table, wish, chance), chance)
        settler.settle()
        if table.cost() > before.cost:
            table.restore(before)


def _wish(table: Table, chance: random.Random) -> tuple[int, int] | None:
    """Draw a case that could stand better, and a better place for it."""
    unhappy = [case for case, place in enumerate(table.where) if table.costs[case][place] > table.least[case]]
    if not unhappy:
        return None
    case = chance.choice(unhappy)
    now = table.costs[case][table.where[case]]
    return case, chance.choice([place for place, cost in table.costs[case].items() if cost < now])


def _ruin(table: Table, wish: tuple[int, int], chance: random.Random) -> list[int]:
    """Send a share of the cases of a few places back to waiting, and return them."""
    case, target = wish
    places = {target, table.where[case]}
    busy = [place for place in range(table.waiting) if table.members[place]]
    places.update(chance.sample(busy, min(len(busy), chance.randrange(0, MOST_PLACES - 1))))
    cases = [each for place in sorted(places - {table.waiting}) for each in table.members[place]]
    out = [each for each in cases if each == case or chance.random() < SHARE_TAKEN_OUT]
    table.move(dict.fromkeys(out, table.waiting))
    return [each for each in out if each != case]


def _recreate(table: Table, wish: tuple[int, int], out: list[int], chance: random.Random) -> None:
    """Grant the wish, then give the others the cheapest places, those first that have most to lose."""
    case, target = wish
    _put(table, case, [target])
    weight = {each: chance.random() * (table.costs[each][table.waiting] - table.least[each]) for each in out}
    for each in sorted(out, key=lambda each: -weight[each]):
        _put(table, each, sorted(table.costs[each], key=table.costs[each].__getitem__))
    if table.where[case] == table.waiting:
        _put(table, case, sorted(table.costs[case], key=table.costs[case].__getitem__))


def _put(table: Table, case: int, places: list[int]) -> None:
    for place in places:
        if place == table.waiting or (
            table.has_room(place, [*table.members[place], case]) and table.move({case: place})
        ):
            return
