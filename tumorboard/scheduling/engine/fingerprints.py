"""What the answer for a group of boards, and its reasons, depend on, as fingerprints."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.problem import Case, Rep

Group = frozenset[str]
# Case, meeting, start.
Place = tuple[str, str, int]
# To be counted up whenever reasons are found or worded otherwise.
REASONS_VERSION = 1


class Fingerprints:
    """Fingerprints of groups of boards under one setting, taken while only what is fixed stands."""

    def __init__(self, draft: Draft, setting: str) -> None:
        self.draft = draft
        self.catalog = draft.catalog
        self.problem = draft.catalog.problem
        self.setting = setting
        self._boards = {board.id: board for board in self.problem.boards}
        self._reps: dict[str, list[Rep]] = defaultdict(list)
        for rep in self.problem.reps:
            self._reps[rep.board].append(rep)
        # Taken at once: later the draft is full, and would look like another.
        self._taken = {board: _hashed(self._facts(board)) for board in sorted(draft.boards)}

    def of(self, group: Group, places: Iterable[Place] = ()) -> str:
        """Return the fingerprint of some of the boards being planned, and of the places that were the answer."""
        return _hashed(([self._taken[board] for board in sorted(group)], sorted(places)))

    def of_reasons(self, group: Group, answer: str) -> str:
        """Return the fingerprint of all that is said about the cases of the group, as the draft is filled now."""
        beside = [self._beside(board, self._people(board)) for board in sorted(group)]
        return _hashed((REASONS_VERSION, answer, beside))

    def _facts(self, board: str) -> tuple[object, ...]:
        cases = self.catalog.queue.get(board, ())
        people = self._people(board)
        pins = sorted((case.id, self.draft.pinned[case.id]) for case in cases if case.id in self.draft.pinned)
        fixed = sorted((case.id, self.draft.where[case.id]) for case in cases if case.id in self.draft.where)
        return (
            self.setting,
            self.problem.today,
            self.problem.horizon_end,
            self._boards[board],
            self.catalog.policies[board],
            self.catalog.calendar.get(board, ()),
            self._reps[board],
            [self.catalog.presenters[person] for person in people],
            cases,
            [past for past in self.problem.history if past.board == board],
            pins,
            fixed,
            self._beside(board, people),
        )

    def _people(self, board: str) -> list[str]:
        cases = self.catalog.queue.get(board, ())
        return sorted({person for case in cases for person in (case.presenter, case.backup) if person is not None})

    def _beside(self, board: str, people: list[str]) -> list[tuple[object, ...]]:
        """Return where these people's cases of other boards stand at the same time as a meeting of the board."""
        found: list[tuple[object, ...]] = []
        for person in people:
            for case in self.catalog.presented_by[person]:
                meeting = None if case.board == board else self.draft.where.get(case.id)
                if meeting and any(each.board == board for each in self.catalog.parallel[meeting]):
                    found.append((case, *self._standing(case, meeting)))
        return found

    def _standing(self, case: Case, meeting: str) -> tuple[object, ...]:
        held = self.catalog.meetings[meeting]
        start = self.draft.starts[meeting][case.id]
        return held, start, self.catalog.speaker(case, held).id, self.catalog.policies[case.board]


def _hashed(facts: object) -> str:
    return sha256(repr(facts).encode()).hexdigest()
