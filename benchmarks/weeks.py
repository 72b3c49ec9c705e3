"""Thirty weeks of one busy board, planned again after every event: what a price for moves is worth."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from benchmarks.baselines import appended, by_urgency
from benchmarks.instances import DAYS_UNTIL_DUE, TODAY
from tumorboard.scheduling import engine
from tumorboard.scheduling.engine import (
    Board,
    Case,
    Config,
    Meeting,
    Plan,
    Presenter,
    Problem,
    PublishedSlot,
    Urgency,
)

WEEKS, HORIZON, CASES, EVENTS = 30, 10, 257, 380
# Agendas of the next ten days are published; a week's notice is short.
PUBLISHED_DAYS, SHORT_DAYS = 10, 7
# On a day a case arrives, a presenter goes away from a day on for a week, or a meeting is cancelled.
Event = tuple[date, Case | tuple[str, date] | date]
Planner = Callable[[Problem], Plan]


@dataclass
class Tally:
    """What one policy did in thirty weeks."""

    held: dict[str, date] = field(default_factory=dict)
    told: dict[str, PublishedSlot] = field(default_factory=dict)
    ever_told: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    moves: int = 0
    short: int = 0


def main() -> None:
    """Print one row for each policy."""
    events = _events(random.Random(7))
    arrived = sum(1 for _, what in events if isinstance(what, Case))
    print(f"\n{WEEKS} weeks of one board, {arrived} cases, planned again after each of {len(events)} events")
    columns = ("lateness", "of strict", "of append", "emergent", "soon", "moved", "moves", "short")
    print(f"{'policy':34}" + "".join(f"{each:>11}" for each in columns))
    tallies = {name: _simulated(events, planner, price) for name, planner, price in POLICIES}
    points = {name: sum(_late(case, tally) for case in _cases(events)) for name, tally in tallies.items()}
    for name, tally in tallies.items():
        ratios = points[name] / points["strict order"], points[name] / points["append"]
        shares = [_on_time(events, tally, urgency) for urgency in (Urgency.EMERGENT, Urgency.SOON)]
        moved = len(tally.moved) / max(1, len(tally.ever_told))
        numbers = "".join(f"{each:>11.2f}" for each in (*ratios, *shares, moved))
        print(f"{name:34}{points[name]:>11,}{numbers}{tally.moves:>11}{tally.short:>11}", flush=True)


def _bumping(problem: Problem) -> Plan:
    """Append, but let an urgent case push out what is published and not urgent, the least pressing first."""
    kept = appended(problem)
    dates, places = {meeting.id: meeting.date for meeting in problem.meetings}, kept.places
    late = [
        case
        for case in problem.cases
        if case.urgency.may_use_reserve and (case.id not in places or dates[places[case.id].meeting] > case.deadline)
    ]
    for case in late:
        told = [each for each in problem.cases if each.published and not each.urgency.may_use_reserve]
        soonest = min((dates[each.published.meeting] for each in told if each.published), default=None)
        out = [each for each in told if each.published and dates[each.published.meeting] == soonest]
        if out and case.ready <= (soonest or case.ready):
            gone = max(out, key=lambda each: (each.deadline, each.id))
            freed = tuple(replace(each, published=None) if each is gone else each for each in problem.cases)
            problem = replace(problem, cases=freed)
    return by_urgency(problem) if late else kept


POLICIES: tuple[tuple[str, Planner, int], ...] = (
    ("append", appended, 300),
    ("append, urgent ones bump", _bumping, 300),
    ("planned, move_price 1000", engine.plan, 1000),
    ("planned, move_price 300", engine.plan, 300),
    ("planned, move_price 200", engine.plan, 200),
    ("planned, move_price 100", engine.plan, 100),
    ("strict order", engine.plan, 0),
)


def _events(chance: random.Random) -> list[Event]:
    """Draw who arrives, which presenter goes away when, and which meeting is cancelled, in the order of days."""
    events: list[Event] = []
    for each in range(CASES):
        events.append((day := TODAY + timedelta(days=chance.randrange(7 * WEEKS)), _case(each, day, chance)))
    for _ in range(EVENTS - CASES - 3):
        day = TODAY + timedelta(days=chance.randrange(7 * WEEKS))
        events.append((day, (f"p{chance.randrange(25):02}", day + timedelta(days=chance.randrange(1, 21)))))
    for week in chance.sample(range(3, WEEKS), 3):
        meeting = TODAY + timedelta(weeks=week)
        events.append((meeting - timedelta(days=chance.randrange(1, 10)), meeting))
    return sorted(events, key=lambda event: (event[0], str(event[1])))


def _case(each: int, day: date, chance: random.Random) -> Case:
    urgency = Urgency(chance.choices(list(Urgency), (4, 8, 30, 58))[0])
    ready = day + timedelta(days=chance.randrange(3, 21)) if chance.random() < 0.15 else day
    due = ready + timedelta(days=max(7, DAYS_UNTIL_DUE[urgency]))
    minutes = chance.choice((5, 10, 10, 10, 15, 15))
    return Case(f"c{each:03}", "gi", minutes, urgency, day, ready, due, f"p{chance.randrange(25):02}", "hub")


def _cases(events: list[Event]) -> list[Case]:
    return [what for _, what in events if isinstance(what, Case)]


def _simulated(events: list[Event], planner: Planner, price: int) -> Tally:
    """Let the days pass; whoever stands in a meeting on its day has been discussed."""
    tally, cases, away, off = Tally(), dict[str, Case](), dict[str, set[date]](), set[date]()
    for at, (today, what) in enumerate(events):
        if isinstance(what, Case):
            cases[what.id] = what
        elif isinstance(what, tuple):
            away.setdefault(what[0], set()).update(what[1] + timedelta(days=day) for day in range(7))
        else:
            off.add(what)
        open_cases = [each for each in cases.values() if each.id not in tally.held]
        plan = planner(_problem(today, open_cases, tally, away, off, price))
        tomorrow = events[at + 1][0] if at + 1 < len(events) else TODAY + timedelta(weeks=WEEKS + HORIZON)
        _note(tally, plan, today, tomorrow)
    return tally


def _problem(
    today: date, cases: list[Case], tally: Tally, away: dict[str, set[date]], off: set[date], price: int
) -> Problem:
    first = -(-(today - TODAY).days // 7)
    days = [TODAY + timedelta(weeks=week) for week in range(first, first + HORIZON)]
    people = sorted({case.presenter for case in cases})
    return Problem(
        today=today,
        horizon_end=days[-1],
        boards=(Board("gi", "hub"),),
        meetings=tuple(Meeting(f"m{day}", "gi", day, 960, 90, 10, day in off) for day in days),
        presenters=tuple(Presenter(each, "hub", tuple(away.get(each, ()))) for each in people),
        cases=tuple(replace(case, published=tally.told.get(case.id)) for case in cases),
        config=Config(move_price=price),
    )


def _note(tally: Tally, plan: Plan, today: date, tomorrow: date) -> None:
    """Count who was moved, tell those who stand soon, and hold the meetings until the next event."""
    for slot in plan.slots:
        day, told = date.fromisoformat(slot.meeting[1:]), tally.told.get(slot.case)
        if told is not None and told.meeting != slot.meeting:
            _count(tally, slot.case, told, today)
        if day < tomorrow:
            tally.held[slot.case] = day
        if told is not None or (day - today).days <= PUBLISHED_DAYS:
            tally.told[slot.case] = PublishedSlot(slot.meeting, slot.start)
            tally.ever_told.add(slot.case)
    for each in plan.waiting:
        if (told := tally.told.pop(each.case, None)) is not None:
            _count(tally, each.case, told, today)


def _count(tally: Tally, case: str, told: PublishedSlot, today: date) -> None:
    tally.moved.add(case)
    tally.moves += 1
    tally.short += (date.fromisoformat(told.meeting[1:]) - today).days <= SHORT_DAYS


def _late(case: Case, tally: Tally) -> int:
    policy = Config()
    day = tally.held.get(case.id, TODAY + timedelta(weeks=WEEKS + HORIZON))
    days = max(0, (day - case.deadline).days)
    return policy.w_urgency[case.urgency.place] * (days * (days + 7) + (policy.miss if days else 0))


def _on_time(events: list[Event], tally: Tally, urgency: Urgency) -> float:
    asked = [case for case in _cases(events) if case.urgency is urgency]
    return sum(_late(case, tally) == 0 for case in asked) / max(1, len(asked))
