"""Every hard rule, read off the raw data."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from tumorboard.scheduling.engine.check.facts import Facts, Stand, is_free
from tumorboard.scheduling.engine.check.violations import Violation, ViolationCode
from tumorboard.scheduling.engine.problem import Case, Parallel, Urgency

Broken = Iterator[Violation]


def broken(facts: Facts) -> Broken:
    """Yield every broken hard rule."""
    yield from _names(facts)
    yield from _locks(facts)
    for stand in facts.stands:
        if stand.case.locked != stand.meeting.id:
            yield from _possible(facts, stand)
    for stands in facts.by_meeting():
        yield from _length(stands)
        yield from _reserve(stands)
        yield from _overlaps(stands)
        yield from _break(facts, stands)
    yield from _parallel(facts)


def _names(facts: Facts) -> Broken:
    answers = Counter(slot.case for slot in facts.plan.slots)
    answers.update(each.case for each in facts.plan.waiting)
    for case in sorted(answers.keys() - facts.cases.keys()):
        yield Violation(ViolationCode.UNKNOWN_CASE, "The plan names a case the problem does not have.", case)
    for case in sorted(facts.cases.keys() - answers.keys()):
        yield Violation(ViolationCode.MISSING, "The plan does not say where the case stands.", case)
    for case in sorted(case for case, times in answers.items() if times > 1):
        yield Violation(ViolationCode.TWICE, "The plan answers more than once for the case.", case)
    for slot in facts.plan.slots:
        if slot.meeting not in facts.meetings:
            text = "The plan names a meeting the problem does not have."
            yield Violation(ViolationCode.UNKNOWN_MEETING, text, slot.case, slot.meeting)


def _locks(facts: Facts) -> Broken:
    places = facts.plan.places
    for case in facts.cases.values():
        slot = places.get(case.id)
        if case.locked is not None and (slot is None or slot.meeting != case.locked):
            text = "The case does not stand where it is locked."
            yield Violation(ViolationCode.LOCK_BROKEN, text, case.id, case.locked)


def _possible(facts: Facts, stand: Stand) -> Broken:
    case, meeting, presenter = stand.case, stand.meeting, stand.presenter
    is_open = is_free(presenter, case, meeting.date, stand.begin)
    rules = (
        (ViolationCode.OTHER_BOARD, case.board != meeting.board, "The meeting belongs to another board."),
        (ViolationCode.CANCELLED, meeting.cancelled, "The meeting is cancelled."),
        (
            ViolationCode.CLOSED,
            meeting.closed and _published(case) != meeting.id,
            "The meeting takes no further case.",
        ),
        (ViolationCode.PAST, meeting.date < facts.problem.today, "The meeting has passed."),
        (ViolationCode.NOT_READY, meeting.date < case.ready, "The case is not ready by then."),
        (ViolationCode.PRESENTER_AWAY, meeting.date in presenter.away, "The presenter is away."),
        (
            ViolationCode.OUTSIDE_HOURS,
            not is_open,
            "The case lies outside the presenter's hours.",
        ),
        (ViolationCode.NO_SPECIALTY, bool(facts.lacks(case, meeting)), "A required specialty is absent."),
        (ViolationCode.OVER_LENGTH, case.minutes > meeting.minutes, "The case is longer than the meeting."),
    )
    for code, is_broken, sentence in rules:
        if is_broken:
            yield Violation(code, sentence, case.id, meeting.id)


def _length(stands: list[Stand]) -> Broken:
    meeting = stands[0].meeting
    locked = sum(stand.case.minutes for stand in stands if stand.case.locked == meeting.id)
    limit = max(meeting.minutes, locked)
    minutes = sum(stand.case.minutes for stand in stands)
    latest = max(stand.end for stand in stands) - meeting.start
    if minutes > limit or latest > limit or stands[0].begin < meeting.start:
        text = "The cases do not lie within the length of the meeting."
        yield Violation(ViolationCode.OVER_LENGTH, text, meeting=meeting.id)


def _reserve(stands: list[Stand]) -> Broken:
    meeting = stands[0].meeting
    barred = [each.case for each in stands if each.case.urgency in (Urgency.SOON, Urgency.ROUTINE)]
    newcomers = [case for case in barred if meeting.id not in (case.locked, _published(case))]
    open_minutes = max(0, meeting.minutes - meeting.reserve)
    if newcomers and sum(case.minutes for case in barred) > open_minutes:
        text = "Routine or soon cases entered the reserve."
        yield Violation(ViolationCode.RESERVE, text, meeting=meeting.id)


def _break(facts: Facts, stands: list[Stand]) -> Broken:
    """A long meeting that is more than half full has a break that begins within twenty minutes of its middle."""
    meeting, config = stands[0].meeting, facts.configs[stands[0].meeting.board]
    locked = [stand.case.minutes for stand in stands if stand.case.locked == meeting.id]
    wanted = config.break_minutes if meeting.minutes >= config.break_from else 0
    minutes = sum(stand.case.minutes for stand in stands)
    if not wanted or 2 * minutes <= meeting.minutes:
        return
    middle = meeting.start + (meeting.minutes - wanted) // 2
    starts = range(max(meeting.start, middle - 20), min(middle + 20, meeting.start + meeting.minutes - wanted) + 1)
    if not any(_may_stand_around(locked, at - meeting.start, meeting.minutes - wanted) for at in starts):
        return
    if all(any(stand.begin < at + wanted and at < stand.end for stand in stands) for at in starts):
        yield Violation(ViolationCode.NO_BREAK, "The meeting has no break in its middle.", meeting=meeting.id)


def _may_stand_around(locked: list[int], before: int, together: int) -> bool:
    """Whether some of the locked cases fit into what lies before the break, and the others into what lies after it."""
    sums = {0}
    for minutes in locked:
        sums |= {each + minutes for each in sums if each + minutes <= before}
    return any(sum(locked) - each <= together - before for each in sums)


def _published(case: Case) -> str | None:
    return case.published.meeting if case.published else None


def _overlaps(stands: list[Stand]) -> Broken:
    for earlier, later in pairwise(stands):
        if later.begin < earlier.end:
            text = "The case begins before the one before it ends."
            yield Violation(ViolationCode.OVERLAP, text, later.case.id, later.meeting.id)


def _parallel(facts: Facts) -> Broken:
    days: dict[tuple[object, ...], list[Stand]] = {}
    for stand in facts.stands:
        days.setdefault((stand.presenter.id, stand.meeting.date), []).append(stand)
    for stands in days.values():
        for one, other in combinations(stands, 2):
            if _run_in_parallel(one, other) and _too_close(facts, one, other):
                text = "The presenter would have to be in two meetings at once."
                yield Violation(ViolationCode.PARALLEL, text, one.case.id, one.meeting.id)


def _run_in_parallel(one: Stand, other: Stand) -> bool:
    first, second = one.meeting, other.meeting
    if first.id == second.id or (one.case.locked is not None and other.case.locked is not None):
        return False
    return first.start < second.start + second.minutes and second.start < first.start + first.minutes


def _too_close(facts: Facts, one: Stand, other: Stand) -> bool:
    configs = [facts.configs[each.meeting.board] for each in (one, other)]
    if any(config.parallel is Parallel.FORBID for config in configs):
        return True
    gap = max(config.switch_gap for config in configs)
    return one.begin < other.end + gap and other.begin < one.end + gap
