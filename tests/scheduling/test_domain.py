"""Figures of a plan in words that coordinators read."""

from datetime import date

import pytest

from tumorboard.scheduling import engine
from tumorboard.scheduling.domain import lateness_in_words


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (8, "8 points, less than one routine case a week late"),
        (498, "498 points, as much as one routine case a week late"),
        (4482, "4,482 points, as much as 9 routine cases a week late"),
    ],
)
def test_lateness_is_told_in_cases(points: int, words: str) -> None:
    assert lateness_in_words(points) == words


def test_routine_case_a_week_late_counts_what_the_words_say() -> None:
    meeting = engine.Meeting("m", "b", date(2026, 12, 8), 420, 60)
    due = {"submitted": date(2026, 11, 1), "ready": date(2026, 11, 1), "deadline": date(2026, 12, 1)}
    case = engine.Case("c", "b", minutes=10, urgency=engine.Urgency.ROUTINE, presenter="p", institution="i", **due)
    problem = engine.Problem(
        name="one", today=date(2026, 12, 1), horizon_end=date(2026, 12, 31), institutions=("i",),
        boards=(engine.Board("b", "i"),), meetings=(meeting,), reps=(), presenters=(engine.Presenter("p", "i"),),
        cases=(case,),
    )  # fmt: skip

    levels = engine.measure(problem, engine.Plan(slots=(engine.Slot("c", "m", 0),)))

    assert lateness_in_words(levels[0]) == "498 points, as much as one routine case a week late"
