"""The whole instance; every list is sorted on the way in, so its order never matters."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from tumorboard.scheduling.engine.problem import reading
from tumorboard.scheduling.engine.problem.config import Config, read_config
from tumorboard.scheduling.engine.problem.fields import BadInstance, Fields
from tumorboard.scheduling.engine.problem.model import (
    Board,
    Case,
    Meeting,
    PastDelay,
    Presenter,
    Rep,
    sorted_set,
)
from tumorboard.scheduling.engine.problem.writing import nested_history, plain


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the engine may know. Raises BadInstance where an id is doubled or leads nowhere."""

    today: date
    horizon_end: date
    boards: tuple[Board, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    reps: tuple[Rep, ...] = ()
    presenters: tuple[Presenter, ...] = ()
    cases: tuple[Case, ...] = ()
    institutions: tuple[str, ...] = ()
    history: tuple[PastDelay, ...] = ()
    config: Config = field(default_factory=Config)
    name: str = ""

    def __post_init__(self) -> None:
        for key in ("boards", "presenters", "cases"):
            object.__setattr__(self, key, tuple(sorted(getattr(self, key), key=lambda each: each.id)))
        object.__setattr__(self, "meetings", tuple(sorted(self.meetings, key=lambda each: each.order)))
        object.__setattr__(self, "reps", tuple(sorted(self.reps, key=_rep_order)))
        object.__setattr__(self, "institutions", sorted_set(self.institutions))
        past = sorted(self.history, key=lambda each: (each.board, each.institution))
        object.__setattr__(self, "history", tuple(past))
        _verify(self)

    @classmethod
    def from_json(cls, data: object) -> "Problem":
        """Return the problem the JSON form describes; raises BadInstance naming the field."""
        source = Fields.of("", data)
        config = read_config(source.object("config"))
        return cls(
            name=source.text("name", default=""),
            today=source.day("today"),
            horizon_end=source.day("horizon_end"),
            config=config,
            institutions=source.items("institutions", reading.institution),
            boards=source.items("boards", partial(reading.board, usual=config)),
            meetings=source.items("meetings", reading.meeting),
            reps=source.items("reps", reading.rep),
            presenters=source.items("presenters", reading.presenter),
            cases=source.items("cases", reading.case),
            history=reading.history(source.object("history")),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the problem as JSON values only, lists in a fixed order."""
        written: dict[str, Any] = plain(self)
        written["institutions"] = [{"id": each} for each in self.institutions]
        written["history"] = nested_history(self.history)
        return written


def digest(problem: Problem) -> str:
    """Return a fingerprint that is the same for the same problem whatever the order of its lists."""
    canonical = json.dumps(problem.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _rep_order(rep: Rep) -> tuple[str, str, str, tuple[date, ...]]:
    return rep.board, rep.specialty, rep.id, rep.absent


def _verify(problem: Problem) -> None:
    boards = _ids("boards", problem.boards)
    meetings = _ids("meetings", problem.meetings)
    presenters = _ids("presenters", problem.presenters)
    _ids("cases", problem.cases)
    for list_name, group in (("meetings", problem.meetings), ("reps", problem.reps)):
        for each in group:
            _known(f"{list_name}[{each.id}].board", each.board, boards, "board")
    board_of = {meeting.id: meeting.board for meeting in problem.meetings}
    for case in problem.cases:
        _known(f"cases[{case.id}].board", case.board, boards, "board")
        _known(f"cases[{case.id}].presenter", case.presenter, presenters, "presenter")
        if case.backup is not None:
            _known(f"cases[{case.id}].backup", case.backup, presenters, "presenter")
        if case.locked is not None:
            _known(f"cases[{case.id}].locked", case.locked, meetings, "meeting")
            if board_of[case.locked] != case.board:
                raise BadInstance(f"cases[{case.id}].locked must be a meeting of the case's own board.")


def _ids(list_name: str, things: Iterable[Board | Meeting | Presenter | Case]) -> frozenset[str]:
    seen: set[str] = set()
    for thing in things:
        if not thing.id:
            raise BadInstance(f"{list_name}.id must not be empty.")
        if thing.id in seen:
            raise BadInstance(f"{list_name}[{thing.id}].id must not occur twice.")
        seen.add(thing.id)
    return frozenset(seen)


def _known(name: str, value: str, known: frozenset[str], kind: str) -> None:
    if value not in known:
        raise BadInstance(f"{name} must name a {kind} of the instance.")
