"""The question put to the engine: boards, meetings, people and cases as integers and dates."""

from tumorboard.scheduling.engine.problem.config import Config, Parallel, Urgency
from tumorboard.scheduling.engine.problem.fields import BadInstance
from tumorboard.scheduling.engine.problem.instance import Problem, digest
from tumorboard.scheduling.engine.problem.model import (
    Board,
    Case,
    Meeting,
    PastDelay,
    Presenter,
    PublishedSlot,
    Rep,
)

__all__ = [
    "BadInstance",
    "Board",
    "Case",
    "Config",
    "Meeting",
    "Parallel",
    "PastDelay",
    "Presenter",
    "Problem",
    "PublishedSlot",
    "Rep",
    "Urgency",
    "digest",
]
