"""The six levels, added up from the raw data."""

from collections import defaultdict
from datetime import date, timedelta

from tumorboard.scheduling.engine.check.facts import Facts, can_join
from tumorboard.scheduling.engine.plan import Levels, Plan
from tumorboard.scheduling.engine.problem import Case, Config, Meeting, Problem, Urgency

CLASSES = list(Urgency)


def measure(problem: Problem, plan: Plan) -> Levels:
    """Return the six levels of the plan. Every slot must name a case and a meeting of the problem."""
    facts = Facts(problem, plan)
    gauge = Gauge(facts)
    moves = sum(gauge.moves(case) for case in problem.cases)
    late = sum(gauge.late(case) + gauge.config(case).move_price * gauge.moves(case) for case in problem.cases)
    return (
        late,
        sum(gauge.weight(case) for case in problem.cases if case.id not in gauge.stands),
        moves,
        sum(gauge.unfair(board.id) for board in problem.boards),
        sum(gauge.delay(case) * gauge.eagerness(case) for case in problem.cases),
        gauge.joins(),
    )


class Gauge:
    """What single cases add to the levels."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.problem = facts.problem
        self.stands = {stand.case.id: stand.meeting for stand in facts.stands}

    def config(self, case: Case) -> Config:
        return self.facts.configs[case.board]

    def weight(self, case: Case) -> int:
        return self.config(case).w_urgency[CLASSES.index(case.urgency)]

    def late(self, case: Case) -> int:
        meeting = self.stands.get(case.id)
        after_all = self.problem.horizon_end + timedelta(days=self.config(case).beyond_days)
        days = ((meeting.date if meeting else after_all) - case.deadline).days
        return self.weight(case) * (days * (days + 7) + self.config(case).miss) if days > 0 else 0

    def moves(self, case: Case) -> int:
        told = self.facts.meetings.get(case.published.meeting) if case.published else None
        if told is None or case.locked is not None or not self.is_possible(case, told):
            return 0
        meeting, config = self.stands.get(case.id), self.config(case)
        if meeting is None:
            return self.notice(config, told.date) * config.move_out
        if meeting.id == told.id:
            return 0
        is_earlier = (meeting.date, meeting.start, meeting.id) < (told.date, told.start, told.id)
        return self.notice(config, told.date) * (config.move_earlier if is_earlier else config.move_later)

    def notice(self, config: Config, told: date) -> int:
        days = (told - self.problem.today).days
        for limit, weight in sorted(config.notice):
            if days <= limit:
                return weight
        return 1

    def is_possible(self, case: Case, meeting: Meeting) -> bool:
        return (
            meeting.board == case.board
            and not meeting.cancelled
            and not (meeting.closed and not self.is_told(case, meeting))
            and meeting.date >= max(self.problem.today, case.ready)
            and any(can_join(person, case, meeting) for person in self.facts.presenting(case))
            and case.minutes <= meeting.minutes
            and not self.facts.lacks(case, meeting)
        )

    def is_told(self, case: Case, meeting: Meeting) -> bool:
        return meeting.id in (case.locked, case.published.meeting if case.published else None)

    def delay(self, case: Case) -> int:
        """Count the board's meetings from the first possible one to the one chosen, or to the end."""
        calendar = [meeting for meeting in self.problem.meetings if meeting.board == case.board]
        calendar.sort(key=lambda meeting: (meeting.date, meeting.start, meeting.id))
        first = next((at for at, meeting in enumerate(calendar) if self.is_possible(case, meeting)), None)
        if first is None:
            return 0
        chosen = self.stands.get(case.id)
        return max(0, (calendar.index(chosen) if chosen else len(calendar)) - first)

    def eagerness(self, case: Case) -> int:
        waited = max(0, (self.problem.today - case.submitted).days)
        return 100 * self.config(case).e_urgency[CLASSES.index(case.urgency)] + min(99, waited)

    def unfair(self, board: str) -> int:
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for case in self.problem.cases:
            if case.board == board:
                sums[case.institution][0] += self.delay(case)
                sums[case.institution][1] += 1
        for past in self.problem.history:
            if past.board == board and past.institution in sums:
                sums[past.institution][0] += past.delay
                sums[past.institution][1] += past.cases
        prior = self.facts.configs[board].fair_prior
        divisors = {each: max(1, count + prior) for each, (_, count) in sums.items()}
        return max((-(-100 * sums[each][0] // divisors[each]) for each in sums), default=0)

    def joins(self) -> int:
        hosts = {board.id: board.host for board in self.problem.boards}
        return len(
            {
                (stand.presenter.id, stand.meeting.id)
                for stand in self.facts.stands
                if stand.presenter.institution != hosts[stand.case.board]
            }
        )
