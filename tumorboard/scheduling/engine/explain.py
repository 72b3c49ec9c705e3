"""Why each case stands where it stands, or waits, and what would change it."""

from collections.abc import Mapping

from tumorboard.scheduling.engine import sentences
from tumorboard.scheduling.engine.draft import Draft
from tumorboard.scheduling.engine.plan import (
    Argument,
    Move,
    Reason,
    ReasonCode,
    Skipped,
    Slot,
    Waiting,
    reason,
)
from tumorboard.scheduling.engine.problem import Case, Meeting
from tumorboard.scheduling.engine.rules import minutes_over, reserve_over


class Explainer:
    """Answers about one finished draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.catalog = draft.catalog
        self.rules = draft.rules

    def slot(self, case: Case) -> Slot:
        """Return the placed case with its reasons."""
        meeting = self.catalog.meetings[self.draft.where[case.id]]
        skipped = self._skipped(case, meeting)
        start = self.draft.starts[meeting.id][case.id]
        warnings = self._warnings(case, meeting, start) if case.locked is not None else ()
        return Slot(
            case.id,
            meeting.id,
            start,
            why=self._why_here(case, meeting, skipped),
            skipped=skipped,
            earlier=self._earlier(case, skipped),
            warnings=warnings,
        )

    def waiting(self, case: Case) -> Waiting:
        """Return the case without a place with its reasons."""
        skipped = self._skipped(case, None)
        why = self._why_waiting(case, skipped)
        return Waiting(case.id, why=why, skipped=skipped, earlier=self._earlier(case, skipped))

    def move(self, case: Case) -> Move | None:
        """Return how the case left what was published, or None where it did not."""
        published = case.published
        if published is None:
            return None
        meeting = self.draft.where.get(case.id)
        start = None if meeting is None else self.draft.starts[meeting][case.id]
        if meeting == published.meeting and not self._is_shifted(case, start):
            return None
        why = self._why_moved(case, meeting)
        return Move(case.id, published.meeting, published.start, meeting, start, why)

    def _is_shifted(self, case: Case, start: int | None) -> bool:
        if start is None or case.published is None:
            return True
        return abs(start - case.published.start) > self.catalog.policies[case.board].start_tol

    def obstacle(self, case: Case, meeting: Meeting) -> Reason:
        """Return the one reason why the case is not in this meeting."""
        code = self.rules.obstacle(case, meeting) or self._soft_code(case, meeting)
        return self._phrased(code, sentences.SKIPPED[code], case, meeting)

    def _skipped(self, case: Case, chosen: Meeting | None) -> tuple[Skipped, ...]:
        today = self.catalog.problem.today
        return tuple(
            Skipped(meeting.id, self.obstacle(case, meeting))
            for meeting in self.catalog.calendar.get(case.board, ())
            if meeting.date >= today and (chosen is None or meeting.order < chosen.order)
        )

    def _soft_code(self, case: Case, meeting: Meeting) -> ReasonCode:
        if case.locked is not None:
            return ReasonCode.LOCKED
        code = self.draft.obstacle(case, meeting)
        if code is ReasonCode.FULL and self._more_urgent(case, meeting):
            return ReasonCode.FULL_MORE_URGENT
        return code or (ReasonCode.KEPT if self._is_kept(case) else ReasonCode.OUTWEIGHED)

    def _is_kept(self, case: Case) -> bool:
        return case.published is not None and self.draft.where.get(case.id) == case.published.meeting

    def _more_urgent(self, case: Case, meeting: Meeting) -> tuple[str, ...]:
        standing, rank = self.draft.standing(meeting.id), self.catalog.rank
        return tuple(each.id for each in standing if rank(each) < rank(case))

    def _phrased(self, code: ReasonCode, pattern: str, case: Case, meeting: Meeting, lead: str = "") -> Reason:
        args, words = self._facts(code, case, meeting)
        return reason(code, sentences.sentence(lead + pattern.format_map(words)), args)

    def _facts(self, code: ReasonCode, case: Case, meeting: Meeting) -> tuple[dict[str, Argument], dict[str, str]]:
        """Return the arguments of a reason and the words of its sentence."""
        args: dict[str, Argument] = {"meeting": meeting.id, "on": meeting.date.isoformat()}
        words = {"on": sentences.day(meeting.date), "ready": sentences.day(case.ready)}
        stands = self.draft.where.get(case.id)
        if stands is not None:
            words["stands"] = sentences.day(self.catalog.meetings[stands].date)
        if code is ReasonCode.NOT_READY:
            args["ready"] = case.ready.isoformat()
        elif code in PRESENTER_CODES:
            args["presenter"] = case.presenter
        elif code is ReasonCode.NO_SPECIALTY:
            missing = self.rules.missing_specialties(case, meeting)
            args["specialties"] = missing
            words["any_specialty"] = sentences.listed(missing, "or")
            words["all_specialties"] = sentences.listed(missing, "and")
        elif code in CAPACITY_CODES:
            args |= self._capacity(code, case, meeting)
            words["minutes"] = str(args["minutes"])
            # Whoever sees the minutes of the break as free is to know why they are not.
            over, pause = int(words["minutes"]), self.catalog.pause(meeting)
            words["but_for"] = f" but for its break of {pause} minutes" if over <= pause else ""
        return args, words

    def _capacity(self, code: ReasonCode, case: Case, meeting: Meeting) -> Mapping[str, Argument]:
        standing = self.draft.standing(meeting.id)
        asked = standing if case in standing else [*standing, case]
        over = max(minutes_over(self.catalog, asked, meeting), reserve_over(asked, meeting))
        if code is ReasonCode.FULL_MORE_URGENT:
            return {"minutes": over, "cases": self._more_urgent(case, meeting)}
        return {"minutes": over, "cases": tuple(each.id for each in standing if each is not case)}

    def _why_here(self, case: Case, meeting: Meeting, skipped: tuple[Skipped, ...]) -> Reason:
        lead = f"stands on {sentences.day(meeting.date)}"
        if case.locked is not None:
            return self._phrased(ReasonCode.LOCKED, ", where a coordinator locked it", case, meeting, lead)
        if skipped and skipped[-1].why.code is not ReasonCode.KEPT:
            return _summed_up(lead, skipped[-1])
        if self._is_kept(case):
            return self._phrased(ReasonCode.KEPT, ", where it was published", case, meeting, lead)
        return self._phrased(ReasonCode.FIRST_POSSIBLE, ", the first meeting", case, meeting, lead)

    def _why_waiting(self, case: Case, skipped: tuple[Skipped, ...]) -> Reason:
        possible = [skip for skip in skipped if self.rules.is_possible(case, skip.meeting)]
        if skipped:
            return _summed_up("waits", (possible or skipped)[-1])
        end = self.catalog.problem.horizon_end
        text = sentences.sentence(f"waits: the board has no meeting until {sentences.day(end)}")
        return reason(ReasonCode.NO_MEETING, text, {"until": end.isoformat()})

    def _why_moved(self, case: Case, meeting: str | None) -> Reason:
        published = self.catalog.published_meeting(case)
        if published is None:
            return reason(ReasonCode.GONE, sentences.sentence(sentences.SKIPPED[ReasonCode.GONE]), {})
        if meeting == published.id:
            return self._phrased(ReasonCode.REORDERED, "the order of {on} changed", case, published)
        hard = self.rules.obstacle(case, published)
        if hard is None and meeting is not None and case.locked is None:
            target = self.catalog.meetings[meeting]
            if target.order < published.order:
                return self._phrased(ReasonCode.EARLIER, "there is room on {on}, a better day", case, target)
        return self.obstacle(case, published)

    def _earlier(self, case: Case, skipped: tuple[Skipped, ...]) -> Reason | None:
        """Return the single change that opens the earliest meeting a single change can open."""
        for skip in skipped:
            meeting = self.catalog.meetings[skip.meeting]
            if skip.why.code in sentences.CHANGES and self._one_change_opens(case, meeting, skip.why.code):
                pattern = sentences.CHANGES[skip.why.code]
                lead = f"{sentences.day(meeting.date)} would be possible "
                return self._phrased(skip.why.code, pattern, case, meeting, lead)
        return None

    def _one_change_opens(self, case: Case, meeting: Meeting, code: ReasonCode) -> bool:
        hard = self.rules.obstacles(case, meeting)
        if not hard:
            return code is not ReasonCode.LOCKED or self.draft.obstacle(case, meeting) is None
        if case.locked is not None or len(hard) > 1:
            return False
        any_hours = code is ReasonCode.OUTSIDE_HOURS
        return self.draft.obstacle(case, meeting, any_hours=any_hours) is None

    def _warnings(self, case: Case, meeting: Meeting, start: int) -> tuple[Reason, ...]:
        """Say what the lock breaks."""
        codes = list(self.rules.obstacles(case, meeting))
        window = self.catalog.presenters[case.presenter].window
        begin = meeting.start + start
        if window is not None and not window[0] <= begin <= window[1] - case.minutes:
            codes.append(ReasonCode.OUTSIDE_HOURS)
        if self.catalog.limit(meeting) > meeting.minutes:
            codes.append(ReasonCode.FULL)
        if self.draft.speaks_elsewhere(case, meeting, start=start):
            codes.append(ReasonCode.ELSEWHERE)
        return tuple(self._warning(code, case, meeting) for code in dict.fromkeys(codes))

    def _warning(self, code: ReasonCode, case: Case, meeting: Meeting) -> Reason:
        if code is not ReasonCode.FULL:
            return self._phrased(code, sentences.WARNINGS[code], case, meeting)
        over = self.catalog.limit(meeting) - meeting.minutes
        words = {"on": sentences.day(meeting.date), "minutes": str(over)}
        args = {"meeting": meeting.id, "on": meeting.date.isoformat(), "minutes": over}
        return reason(code, sentences.sentence(sentences.WARNINGS[code].format_map(words)), args)


PRESENTER_CODES = frozenset({ReasonCode.PRESENTER_AWAY, ReasonCode.OUTSIDE_HOURS, ReasonCode.ELSEWHERE})
CAPACITY_CODES = frozenset({ReasonCode.FULL, ReasonCode.FULL_MORE_URGENT, ReasonCode.RESERVE})


def _summed_up(lead: str, skip: Skipped) -> Reason:
    """Return the reason of one meeting as the sentence about the case."""
    said = skip.why.sentence.rstrip(".")
    clause = said if said[:3] in sentences.WEEKDAYS else f"{said[:1].lower()}{said[1:]}"
    return Reason(skip.why.code, sentences.sentence(f"{lead}: {clause}"), skip.why.args)
