"""What the answer for a group of boards depends on, as a fingerprint."""

from hashlib import sha256

from tumorboard.scheduling.engine.draft import Draft

Group = frozenset[str]


class Fingerprints:
    """Fingerprints of groups of boards under one setting, taken while only what is fixed stands."""

    def __init__(self, draft: Draft, setting: str) -> None:
        self.draft = draft
        self.catalog = draft.catalog
        self.problem = draft.catalog.problem
        self.setting = setting
        self._boards = {board.id: board for board in self.problem.boards}
        # Taken at once: later the draft is full, and would look like another.
        self._taken = {board: _hashed(self._facts(board)) for board in sorted(draft.boards)}

    def of(self, group: Group) -> str:
        """Return the fingerprint of some of the boards being planned."""
        return _hashed([self._taken[board] for board in sorted(group)])

    def _facts(self, board: str) -> tuple[object, ...]:
        cases = self.catalog.queue.get(board, ())
        people = sorted({person for case in cases for person in (case.presenter, case.backup) if person is not None})
        pins = sorted((case.id, self.draft.pinned[case.id]) for case in cases if case.id in self.draft.pinned)
        fixed = sorted((case.id, self.draft.where[case.id]) for case in cases if case.id in self.draft.where)
        return (
            self.setting,
            self.problem.today,
            self.problem.horizon_end,
            self._boards[board],
            self.catalog.policies[board],
            self.catalog.calendar.get(board, ()),
            [rep for rep in self.problem.reps if rep.board == board],
            [self.catalog.presenters[person] for person in people],
            cases,
            [past for past in self.problem.history if past.board == board],
            pins,
            fixed,
            self._beside(board, people),
        )

    def _beside(self, board: str, people: list[str]) -> list[tuple[str, str, int]]:
        """Return where these people's other cases are fixed at the same time as a meeting of the board."""
        own = {meeting.id for meeting in self.catalog.calendar.get(board, ())}
        found = []
        for person in people:
            for case in self.catalog.presented_by[person]:
                meeting = self.draft.where.get(case.id)
                if case.board != board and meeting and any(e.id in own for e in self.catalog.parallel[meeting]):
                    found.append((case.id, meeting, self.draft.starts[meeting][case.id]))
        return sorted(found)


def _hashed(facts: object) -> str:
    return sha256(repr(facts).encode()).hexdigest()
