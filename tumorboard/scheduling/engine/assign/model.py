"""Which meeting, as a model of whole numbers: one variable for each case and each meeting possible for it.

The rules about days and people are in the choice of variables; minutes, reserves, hours and parallel
meetings are constraints. An order that turns out impossible comes back as a combination to forbid.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from ortools.sat.python import cp_model

from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.problem import Case, Meeting
from tumorboard.scheduling.engine.rules import belongs

Place = tuple[str, str]
Combination = frozenset[Place]


@dataclass(frozen=True)
class Room:
    """A meeting as one speaker sees it: the cases that may be theirs there, and whether any of them is."""

    meeting: Meeting
    cases: list[Case]
    chosen: list[cp_model.IntVar]
    joined: cp_model.IntVar


class GroupModel:
    """The model of a few boards together; `base` holds what is locked, pinned or held already."""

    def __init__(self, base: Draft, boards: Collection[str], forbidden: Iterable[Combination]) -> None:
        self.base = base
        self.boards = sorted(boards)
        self.catalog = base.catalog
        self.objective = base.objective
        self.model = cp_model.CpModel()
        self.queue = [case for board in self.boards for case in self.catalog.queue.get(board, ())]
        self.free = [case for case in self.queue if case.id not in base.where and case.locked is None]
        self.x: dict[Place, cp_model.IntVar] = {}
        self.in_meeting: dict[str, list[Case]] = defaultdict(list)
        self._add_places()
        for meeting in self._meetings():
            self._add_minutes(meeting)
            self._add_reserve(meeting)
            self._add_hours(meeting)
        self._add_parallel()
        for combination in forbidden:
            self.forbid(combination)

    def where(self, solver: cp_model.CpSolver) -> dict[str, str]:
        """Return the meeting of each case of the group, fixed ones included."""
        fixed = {case.id: self.base.where[case.id] for case in self.queue if case.id in self.base.where}
        return fixed | {case: meeting for (case, meeting), chosen in self.x.items() if solver.value(chosen)}

    def places(self, case: Case) -> list[Meeting]:
        """Return the meetings the case may get, or the one it has."""
        fixed = self.base.where.get(case.id)
        if fixed is not None:
            return [self.catalog.meetings[fixed]]
        return [each for each in self.base.rules.possible(case) if (case.id, each.id) in self.x]

    def leave_out(self, places: Iterable[tuple[str, str | None]]) -> None:
        """Never use these places again; who may not wait any more gets one."""
        for case, meeting in sorted(places, key=lambda place: (place[0], place[1] or "")):
            if meeting is not None and (case, meeting) in self.x:
                self.model.add(self.x.pop((case, meeting)) == 0)
            elif meeting is None and case not in self.base.where:
                chosen = [self.x[case, each.id] for each in self.places(self.catalog.cases[case])]
                self.model.add(cp_model.LinearExpr.sum(chosen) >= 1)

    def forbid(self, combination: Combination) -> None:
        """Never use all of these places together."""
        chosen = [self.x[place] for place in sorted(combination) if place in self.x]
        fixed = [place for place in combination if self.base.where.get(place[0]) == place[1]]
        if len(chosen) + len(fixed) == len(combination):
            self.model.add(cp_model.LinearExpr.sum(chosen) <= len(chosen) - 1)

    def any_of(self, chosen: list[cp_model.IntVar]) -> cp_model.IntVar:
        """Return one variable that is true wherever one of these is."""
        if len(chosen) == 1:
            return chosen[0]
        present = self.model.new_bool_var("")
        for each in chosen:
            self.model.add_implication(each, present)
        return present

    def hint(self, where: Mapping[str, str]) -> None:
        """Start the search from these places."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]  # the library left it out
        for (case, meeting), chosen in self.x.items():
            self.model.add_hint(chosen, where.get(case) == meeting)

    def _add_places(self) -> None:
        for case in self.free:
            for meeting in self.base.rules.possible(case):
                if self.base.is_open(case, meeting):
                    self.x[case.id, meeting.id] = self.model.new_bool_var("")
                    self.in_meeting[meeting.id].append(case)
            chosen = [self.x[case.id, each.id] for each in self.places(case)]
            if len(chosen) > 1:
                self.model.add_at_most_one(chosen)

    def _meetings(self) -> list[Meeting]:
        return [self.catalog.meetings[meeting] for meeting in sorted(self.in_meeting)]

    def _add_minutes(self, meeting: Meeting) -> None:
        standing = sum(case.minutes for case in self.base.standing(meeting.id))
        self._at_most(self.in_meeting[meeting.id], meeting, self.catalog.limit(meeting) - standing)

    def _add_reserve(self, meeting: Meeting) -> None:
        """What is published or locked there may stay in the reserve; nothing joins it there."""
        open_minutes = max(0, meeting.minutes - meeting.reserve)
        standing = [case for case in self.base.standing(meeting.id) if not case.urgency.may_use_reserve]
        barred = [case for case in self.in_meeting[meeting.id] if not case.urgency.may_use_reserve]
        newcomers = [case for case in barred if not belongs(case, meeting)]
        room = open_minutes - sum(case.minutes for case in standing)
        own = sum(case.minutes for case in barred if belongs(case, meeting))
        if own <= room or not all(belongs(case, meeting) for case in standing):
            self._at_most(barred, meeting, room)
            return
        joined = self.model.new_bool_var("")
        for case in newcomers:
            self.model.add_implication(self.x[case.id, meeting.id], joined)
        minutes = cp_model.LinearExpr.weighted_sum(*self._minutes(barred, meeting))
        self.model.add(minutes <= room).only_enforce_if(joined)

    def _add_hours(self, meeting: Meeting) -> None:
        """What must lie within some stretch of the meeting cannot be longer than the stretch together."""
        length = self.catalog.length(meeting)
        cases = [*self.in_meeting[meeting.id], *self.base.standing(meeting.id)]
        edges = {case.id: self.base.edges(case, meeting) for case in cases}
        begins = sorted({0, *(begin for begin, _ in edges.values())})
        ends = sorted({length, *(end for _, end in edges.values())})
        for begin in begins:
            for end in ends:
                within = [case for case in cases if begin <= edges[case.id][0] and edges[case.id][1] <= end]
                standing = sum(case.minutes for case in within if (case.id, meeting.id) not in self.x)
                if (begin, end) != (0, length) and begin < end:
                    chosen = [case for case in within if (case.id, meeting.id) in self.x]
                    self._at_most(chosen, meeting, end - begin - standing)

    def _add_parallel(self) -> None:
        """Nobody is in two rooms at once: in one of them where a board wants that, else in one after the other."""
        for rooms in self._rooms_at_once():
            strict = [room for room in rooms if self.catalog.is_strict(room.meeting)]
            loose = [room for room in rooms if room not in strict]
            if strict:
                for others in [[room] for room in loose] or [[]]:
                    self.model.add_at_most_one([room.joined for room in (*strict, *others)])
            if len(loose) > 1:
                self._add_one_after_the_other(loose)

    def _rooms_at_once(self) -> Iterator[list[Room]]:
        """Yield, for each speaker and each beginning of a meeting, the meetings then on that may have cases of theirs.

        Whatever overlaps overlaps where the later one begins.
        """
        rooms: dict[tuple[str, date], list[Room]] = defaultdict(list)
        for meeting in self._meetings():
            if self.catalog.parallel[meeting.id]:
                for speaker, cases in self._by_speaker(meeting).items():
                    rooms[speaker, meeting.date].append(self._room(meeting, cases))
        for _, own in sorted(rooms.items()):
            for begin in sorted({room.meeting.start for room in own}):
                at_once = [room for room in own if room.meeting.start <= begin < room.meeting.end]
                if len(at_once) > 1:
                    yield at_once

    def _room(self, meeting: Meeting, cases: list[Case]) -> Room:
        chosen = [self.x[case.id, meeting.id] for case in cases]
        return Room(meeting, cases, chosen, self.any_of(chosen))

    def _by_speaker(self, meeting: Meeting) -> dict[str, list[Case]]:
        speakers: dict[str, list[Case]] = defaultdict(list)
        for case in self.in_meeting[meeting.id]:
            speakers[self.catalog.speaker(case, meeting).id].append(case)
        return speakers

    def _add_one_after_the_other(self, rooms: list[Room]) -> None:
        """A speaker's minutes in all the rooms, with those between two rooms, fit between the first and the last."""
        gap = min(self.catalog.switch_gap(one.meeting, two.meeting) for one, two in combinations(rooms, 2))
        edges = [(room, self.base.edges(case, room.meeting)) for room in rooms for case in room.cases]
        first = min(room.meeting.start + begin for room, (begin, _) in edges)
        last = max(room.meeting.start + end for room, (_, end) in edges)
        minutes = [case.minutes for room in rooms for case in room.cases]
        if sum(minutes) + gap * (len(rooms) - 1) > last - first:
            chosen = [each for room in rooms for each in room.chosen] + [room.joined for room in rooms]
            spent = cp_model.LinearExpr.weighted_sum(chosen, minutes + [gap] * len(rooms))
            self.model.add(spent <= last - first + gap)

    def _at_most(self, cases: list[Case], meeting: Meeting, room: int) -> None:
        if sum(case.minutes for case in cases) > room:
            self.model.add(cp_model.LinearExpr.weighted_sum(*self._minutes(cases, meeting)) <= max(0, room))

    def _minutes(self, cases: list[Case], meeting: Meeting) -> tuple[list[cp_model.IntVar], list[int]]:
        return [self.x[case.id, meeting.id] for case in cases], [case.minutes for case in cases]
