"""The levels in their order: each is made as small as it can be before the next is looked at."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping

from ortools.sat.python import cp_model

from tumorboard.scheduling.engine.assign.model import GroupModel
from tumorboard.scheduling.engine.assign.search import Fit, Level, Search, Solution
from tumorboard.scheduling.engine.bound import out_of_reach

TIE_BITS = 12
# Of the budget, for proving all that is below lateness at once, and where that fails for fairness alone.
SHARE_FOR_PROOF, SHARE_FOR_FAIRNESS = 0.3, 0.1
# The places of the levels in what a case costs.
LATE, UNSCHED, MOVES, DELAY, MEETINGS = range(5)


def solve(group: GroupModel, fit: Fit, *, hint: Mapping[str, str], budget: float) -> Solution:
    """Return the best places of the group, as good as `budget` allows.

    The budget is the solver's deterministic time; `fit` tells which places have no order together. The places
    in `hint` are only where the search begins.
    """
    search = Search(group, fit, hint=hint, budget=budget)
    if not search.settle(lateness(group)):
        return search.solution
    group.leave_out(out_of_reach(group.objective, group.boards, most=search.values[0]))
    fairness, rest = _fairness(group), [_of_cases(group, DELAY), _joins(group), _ties(group)]
    # All of it at once is mostly proven many times sooner than one after the other. Where it is not, the
    # fairest share is what is slow: that is reported unproven rather than waited for.
    if not search.prove([fairness, *rest], SHARE_FOR_PROOF) and search.settle([fairness], SHARE_FOR_FAIRNESS):
        search.settle(rest)
    return search.solution


def lateness(group: GroupModel) -> list[Level]:
    """Return the first three levels: lateness with the price of moves, who is not placed, and the moves."""
    return [_of_cases(group, cost) for cost in (LATE, UNSCHED, MOVES)]


def _of_cases(group: GroupModel, cost: int) -> Level:
    """What the cases cost where they stand, or waiting, added up."""
    level = Level()
    for case in group.queue:
        stays = group.objective.cost(case, group.base.where.get(case.id))[cost]
        open_places = [] if case.id in group.base.where else group.places(case)
        costs = {meeting.id: group.objective.cost(case, meeting.id)[cost] for meeting in open_places}
        level.offset += stays
        level.most += max([stays, *costs.values()])
        for meeting, each in costs.items():
            level.add(group.x[case.id, meeting], each - stays)
    return level


def _fairness(group: GroupModel) -> Level:
    """Per board, the institution that waits longest."""
    level = Level()
    for board in group.boards:
        burdens = group.objective.burdens(board)
        longest = group.objective.longest_delays(board)
        most = max((burden.of(longest[each]) for each, burden in burdens.items()), default=0)
        if most:
            worst = group.model.new_int_var(0, most, "")
            level.most += most
            level.add(worst, 1)
            for institution, burden in burdens.items():
                delays, constant = _delays(group, board, institution)
                group.model.add(worst * burden.divisor >= 100 * (delays + constant + burden.past))
    return level


def _delays(group: GroupModel, board: str, institution: str) -> tuple[cp_model.LinearExprT, int]:
    own = {case.id: case for case in group.catalog.queue.get(board, ()) if case.institution == institution}
    constant = sum(group.objective.cost(case, group.base.where.get(case.id))[MEETINGS] for case in own.values())
    chosen, weights = [], []
    for (case, meeting), each in group.x.items():
        if case in own:
            waiting = group.objective.cost(own[case], None)[MEETINGS]
            chosen.append(each)
            weights.append(group.objective.cost(own[case], meeting)[MEETINGS] - waiting)
    return cp_model.LinearExpr.weighted_sum(chosen, weights), constant


def _joins(group: GroupModel) -> Level:
    """How often presenters from elsewhere have to join: once a meeting, however many their cases."""
    chosen: dict[tuple[str, str], list[cp_model.IntVar]] = defaultdict(list)
    certain = set()
    for case in group.queue:
        places = [meeting for meeting in group.places(case) if group.catalog.is_outside(case, meeting)]
        for meeting in places:
            speaker = group.catalog.speaker(case, meeting).id
            if (case.id, meeting.id) in group.x:
                chosen[speaker, meeting.id].append(group.x[case.id, meeting.id])
            else:
                certain.add((speaker, meeting.id))
    open_joins = [group.any_of(each) for key, each in sorted(chosen.items()) if key not in certain]
    level = Level(offset=len(certain), most=len(certain) + len(open_joins))
    for each in open_joins:
        level.add(each, 1)
    return level


def _ties(group: GroupModel) -> Level:
    """A number that each case and meeting have for ever: among equals the plan is still one."""
    level = Level(most=len(group.free) << TIE_BITS)
    for (case, meeting), chosen in group.x.items():
        drawn = hashlib.sha256(f"{case} {meeting}".encode()).digest()
        level.add(chosen, int.from_bytes(drawn[:4], "big") >> (32 - TIE_BITS))
    return level
