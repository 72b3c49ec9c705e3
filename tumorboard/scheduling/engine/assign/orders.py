"""Whether the cases put into meetings can be put in order, and the best order; what cannot is to be forbidden."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

from tumorboard.scheduling.engine.agenda import Agenda, without_pause
from tumorboard.scheduling.engine.draft import Draft, Starts
from tumorboard.scheduling.engine.sequence.model import Link, Sitting, best_order, jointly

Place = tuple[str, str]
Combination = frozenset[Place]


class Orders:
    """The orders of all meetings of one problem, each looked for once; `known` are starts by meeting."""

    def __init__(self, base: Draft, known: Mapping[str, Starts]) -> None:
        self.base = base
        self.catalog = base.catalog
        self._known: dict[tuple[Place, ...], Starts | None] = {
            tuple((case, meeting) for case in sorted(starts)): dict(sorted(starts.items()))
            for meeting, starts in known.items()
        }
        self._known_together: dict[tuple[Place, ...], dict[str, Starts] | None] = {}

    def of(self, where: Mapping[str, str]) -> tuple[dict[str, Starts], list[Combination]]:
        """Return the starts by meeting, and the combinations of places that have no order at all."""
        attending = _by_meeting(where)
        starts: dict[str, Starts] = {}
        impossible = []
        for meeting, cases in attending.items():
            found = self._alone(meeting, cases)
            if found is None:
                impossible.append(self._core([(case, meeting) for case in cases]))
            else:
                starts[meeting] = found
        if not impossible:
            impossible = self._link(attending, starts)
        return starts, impossible

    def _alone(self, meeting: str, cases: Collection[str]) -> Starts | None:
        key = tuple((case, meeting) for case in sorted(cases))
        if key not in self._known:
            found = best_order(self._agenda(meeting, cases))
            self._known[key] = None if found is None else without_pause(found)
        return self._known[key]

    def _agenda(self, meeting: str, cases: Iterable[str]) -> Agenda:
        rows = [self.catalog.cases[case] for case in cases]
        return self.base.agenda(rows, self.catalog.meetings[meeting], final=True)

    def _link(self, attending: Mapping[str, list[str]], starts: dict[str, Starts]) -> list[Combination]:
        """Put meetings that share presenters at the same time in order together, where they get in their way."""
        impossible = []
        for cluster in self._clusters(attending):
            places = [(case, meeting) for meeting in cluster for case in attending[meeting]]
            if not any(self._collide(link, starts) for link in self._links(places)):
                continue
            together = self._together(places)
            if together is None:
                impossible.append(self._core(places))
            else:
                starts.update(together)
        return impossible

    def _clusters(self, attending: Mapping[str, list[str]]) -> list[list[str]]:
        """Return the groups of meetings tied to each other by presenters with cases in several at once."""
        places = [(case, meeting) for meeting, cases in attending.items() for case in cases]
        clusters: dict[str, set[str]] = {}
        for (_, here), (_, there) in self.pairs(places):
            merged = clusters.get(here, {here}) | clusters.get(there, {there})
            clusters.update(dict.fromkeys(merged, merged))
        return sorted({tuple(sorted(each)): sorted(each) for each in clusters.values()}.values())

    def pairs(self, places: Iterable[Place]) -> list[tuple[Place, Place]]:
        """Return the cases of one presenter that stand in meetings at the same time."""
        by_speaker: dict[str, list[Place]] = defaultdict(list)
        for case, meeting in sorted(places):
            if self.catalog.parallel[meeting]:
                speaker = self.catalog.speaker(self.catalog.cases[case], self.catalog.meetings[meeting])
                by_speaker[speaker.id].append((case, meeting))
        pairs = [pair for own in by_speaker.values() for pair in combinations(own, 2)]
        return [
            (one, two) for one, two in pairs if self._is_parallel(one[1], two[1]) and not self._both_locked(one, two)
        ]

    def _is_parallel(self, one: str, two: str) -> bool:
        meetings = self.catalog.meetings
        # Most of one presenter's cases stand on different days, which is quicker to see.
        if meetings[one].date != meetings[two].date:
            return False
        return any(other.id == two for other in self.catalog.parallel[one])

    def _both_locked(self, one: Place, two: Place) -> bool:
        return all(self.catalog.cases[case].locked is not None for case, _ in (one, two))

    def _links(self, places: Iterable[Place]) -> list[Link]:
        meetings = self.catalog.meetings
        return [
            Link(one, two, self.catalog.switch_gap(meetings[one[1]], meetings[two[1]]))
            for one, two in self.pairs(places)
        ]

    def _collide(self, link: Link, starts: Mapping[str, Starts]) -> bool:
        (one, here), (two, there) = link.one, link.two
        begin = self.catalog.meetings[here].start + starts[here][one]
        other = self.catalog.meetings[there].start + starts[there][two]
        end, until = begin + self.catalog.cases[one].minutes, other + self.catalog.cases[two].minutes
        return begin < until + link.gap and other < end + link.gap

    def _together(self, places: Collection[Place]) -> dict[str, Starts] | None:
        key = tuple(sorted(places))
        if key not in self._known_together:
            sittings = [self._sitting(meeting, cases) for meeting, cases in _by_meeting(dict(key)).items()]
            found = jointly(sittings, self._links(key))
            plain = {meeting: without_pause(starts) for meeting, starts in (found or {}).items()}
            self._known_together[key] = None if found is None else plain
        return self._known_together[key]

    def _sitting(self, meeting: str, cases: Collection[str]) -> Sitting:
        return Sitting(meeting, self.catalog.meetings[meeting].start, self._agenda(meeting, cases))

    def _core(self, places: list[Place]) -> Combination:
        """Return a smallest part of the places that has no order either."""
        core = sorted(places)
        for place in sorted(places):
            rest = [each for each in core if each != place]
            if rest and self._together(rest) is None:
                core = rest
        return frozenset(core)


def _by_meeting(where: Mapping[str, str]) -> dict[str, list[str]]:
    attending: dict[str, list[str]] = defaultdict(list)
    for case, meeting in sorted(where.items()):
        attending[meeting].append(case)
    return dict(sorted(attending.items()))
