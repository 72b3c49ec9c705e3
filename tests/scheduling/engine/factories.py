"""Plain factories for the engine: everything has a usual value, tests name what matters."""

import random
from datetime import date, timedelta
from itertools import count
from typing import Any

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
NUMBERS = count(1)


def a_case(**overrides: Any) -> Case:
    usual: dict[str, Any] = {
        "id": f"c{next(NUMBERS):04}",
        "board": "gi",
        "minutes": 10,
        "urgency": Urgency.ROUTINE,
        "submitted": TODAY - timedelta(days=3),
        "ready": TODAY,
        "deadline": TODAY + timedelta(days=14),
        "presenter": "dr-a",
        "institution": "hub",
    }
    return Case(**usual | overrides)


def a_meeting(week: int = 0, **overrides: Any) -> Meeting:
    """A meeting of an hour at 16:00 on the Tuesday of that week; week 0 is today."""
    usual: dict[str, Any] = {
        "id": f"m{week}",
        "board": "gi",
        "date": TODAY + timedelta(weeks=week),
        "start": 960,
        "minutes": 60,
    }
    return Meeting(**usual | overrides)


def a_presenter(id: str = "dr-a", **overrides: Any) -> Presenter:
    return Presenter(**{"id": id, "institution": "hub"} | overrides)


def a_rep(specialty: str = "pathology", **overrides: Any) -> Rep:
    return Rep(**{"id": f"rep-{specialty}", "board": "gi", "specialty": specialty} | overrides)


def a_problem(**overrides: Any) -> Problem:
    """A problem with one board and the presenters its cases name."""
    named = sorted({case.presenter for case in overrides.get("cases", ())})
    usual: dict[str, Any] = {
        "today": TODAY,
        "horizon_end": TODAY + timedelta(weeks=4),
        "boards": (Board("gi", "hub"),),
        "meetings": (a_meeting(0), a_meeting(1)),
        "presenters": tuple(a_presenter(each) for each in named),
        "config": Config(),
    }
    return Problem(**usual | overrides)


def published(week: int = 0, start: int = 0) -> PublishedSlot:
    return PublishedSlot(f"m{week}", start)


def an_instance(*, boards: int, cases: int, weeks: int, seed: int) -> Problem:
    """A made-up alliance: weekly meetings in few rooms, absences, windows, published and locked cases."""
    chance = random.Random(seed)
    names = [f"b{each:02}" for each in range(boards)]
    meetings = [_meeting_of(name, place, week, chance) for place, name in enumerate(names) for week in range(weeks)]
    presenters = [_someone(f"p{each:03}", weeks, chance) for each in range(max(2, cases // 4))]
    reps = [_rep_of(name, each, weeks, chance) for name in names for each in ("pathology", "radiology")]
    return Problem(
        today=TODAY,
        horizon_end=TODAY + timedelta(weeks=weeks),
        boards=tuple(Board(name, "hub") for name in names),
        meetings=tuple(meetings),
        presenters=tuple(presenters),
        reps=tuple(reps),
        cases=tuple(_case_of(f"c{each:04}", names, meetings, presenters, chance) for each in range(cases)),
        config=Config(parallel=chance.choice(list(Parallel)), early_leave=("radiology",)),
    )


def shuffled(problem: Problem, seed: int) -> dict[str, Any]:
    """The JSON form with every list in another order."""
    chance, data = random.Random(seed), problem.to_json()
    for key in ("boards", "meetings", "reps", "presenters", "cases", "institutions"):
        chance.shuffle(data[key])
    for case in data["cases"]:
        chance.shuffle(case["specialties"])
    return data


def _meeting_of(board: str, place: int, week: int, chance: random.Random) -> Meeting:
    return Meeting(
        id=f"{board}-w{week:02}",
        board=board,
        date=TODAY + timedelta(weeks=week, days=place % 3),
        start=960 + 30 * (place % 2),
        minutes=chance.choice([60, 90]),
        reserve=chance.choice([0, 10, 15]),
        cancelled=chance.random() < 0.05,
    )


def _someone(id: str, weeks: int, chance: random.Random) -> Presenter:
    days = [TODAY + timedelta(days=each) for each in range(7 * weeks)]
    begin = 960 + chance.choice([0, 15, 30])
    window = (begin, begin + chance.choice([30, 45, 90])) if chance.random() < 0.25 else None
    away = tuple(day for day in days if chance.random() < 0.1)
    return Presenter(id, chance.choice(["hub", "north", "south"]), away, window)


def _rep_of(board: str, specialty: str, weeks: int, chance: random.Random) -> Rep:
    days = [TODAY + timedelta(days=each) for each in range(7 * weeks)]
    return Rep(f"{board}-{specialty}", board, specialty, tuple(day for day in days if chance.random() < 0.05))


def _case_of(
    id: str, boards: list[str], meetings: list[Meeting], presenters: list[Presenter], chance: random.Random
) -> Case:
    board = chance.choice(boards)
    own = [meeting for meeting in meetings if meeting.board == board]
    submitted = TODAY - timedelta(days=chance.randrange(21))
    presenter = chance.choice(presenters)
    fate, meeting = chance.random(), chance.choice(own)
    return Case(
        id=id,
        board=board,
        minutes=chance.choice([5, 10, 15, 20]),
        urgency=Urgency(chance.choices(list(Urgency), [1, 2, 4, 8])[0]),
        submitted=submitted,
        ready=submitted + timedelta(days=chance.choice([0, 0, 0, 25])),
        deadline=submitted + timedelta(days=chance.choice([7, 14, 21, 28])),
        presenter=presenter.id,
        institution=presenter.institution,
        specialties=tuple(chance.sample(["pathology", "radiology"], chance.randrange(3))),
        locked=meeting.id if fate < 0.05 else None,
        published=PublishedSlot(meeting.id, chance.randrange(0, 50, 5)) if 0.05 <= fate < 0.35 else None,
    )
