"""What of the previous plan still holds, so that nobody has to look for it again."""

from collections import defaultdict

from tumorboard.scheduling.engine.draft import Draft, Starts
from tumorboard.scheduling.engine.fingerprints import Fingerprints, Group, Place
from tumorboard.scheduling.engine.plan import Plan
from tumorboard.scheduling.engine.problem import Meeting


class Kept:
    """The parts of the previous plan whose boards are as they were."""

    def __init__(self, draft: Draft, previous: Plan, prints: Fingerprints) -> None:
        self.catalog = draft.catalog
        self._places = self._read(previous)
        self.parts = {
            group: part
            for part in previous.parts
            if (group := frozenset(part.boards)) <= draft.boards
            and part.digest == prints.of(group, self._places_of(group))
        }

    def where(self, group: Group) -> dict[str, str]:
        """Return the meetings of the placed cases of a group."""
        return {case: meeting for case, meeting, _ in self._places_of(group)}

    def orders(self) -> dict[str, Starts]:
        """Return the starts in those meetings of the parts in which nobody is wanted elsewhere at the time."""
        starts: dict[str, Starts] = defaultdict(dict)
        for group in self.parts:
            for case, meeting, start in self._places_of(group):
                starts[meeting][case] = start
        return {name: each for name, each in starts.items() if not self._may_collide(self.catalog.meetings[name], each)}

    def _may_collide(self, meeting: Meeting, starts: Starts) -> bool:
        catalog = self.catalog
        if not catalog.parallel[meeting.id]:
            return False
        speakers = (catalog.speaker(catalog.cases[case], meeting) for case in starts)
        return any(catalog.may_collide(speaker, meeting) for speaker in speakers)

    def _read(self, previous: Plan) -> dict[str, list[Place]]:
        places: dict[str, list[Place]] = defaultdict(list)
        for slot in previous.slots:
            case = self.catalog.cases.get(slot.case)
            if case is not None and slot.meeting in self.catalog.meetings:
                places[case.board].append((slot.case, slot.meeting, slot.start))
        return places

    def _places_of(self, group: Group) -> list[Place]:
        return [place for board in sorted(group) for place in self._places.get(board, ())]
