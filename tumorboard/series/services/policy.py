"""A board's rules, versioned by the day on which they take effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from tumorboard.accounts.domain import Actor, Specialty
from tumorboard.audit.services import record
from tumorboard.kernel.clock import local
from tumorboard.kernel.db import session
from tumorboard.series.domain import PolicyTooEarly, SeriesClosed
from tumorboard.series.models import Policy, QuorumSpecialty, Series


@dataclass(frozen=True, kw_only=True)
class PolicyDraft:
    """A board's rules from a day on; `goals` are the quorum's specialties, each with its percentage to attend."""

    effective_on: date
    cut_off_days: int
    cut_off_at: time
    goals: Mapping[Specialty, int]


def set_policy(series: Series, draft: PolicyDraft, *, by: Actor, now: datetime) -> Policy:
    """Give the board new rules from a day on; a policy of that very day is replaced, earlier ones stay.

    Raises PolicyTooEarly for a day gone by, or SeriesClosed where no cases are taken.
    """
    if not series.kind.is_board:
        raise SeriesClosed("This series takes no cases, so it has no policy.")
    if draft.effective_on < local(now, series.time_zone).date():
        message = "Choose today or a later day: what was decided before stays under the policy of its day."
        raise PolicyTooEarly(message, fields={"effective_on": [message]})
    policy = next((one for one in series.policies if one.effective_on == draft.effective_on), None)
    if policy is None:
        policy = Policy(effective_on=draft.effective_on)
        series.policies.append(policy)
    policy.cut_off_days, policy.cut_off_at = draft.cut_off_days, draft.cut_off_at
    _set_goals(policy, draft.goals)
    session().flush()
    record("policy.set", by=by, subject="series", subject_id=series.id, now=now)
    return policy


def _set_goals(policy: Policy, goals: Mapping[Specialty, int]) -> None:
    present = {row.specialty: row for row in policy.quorum}
    policy.quorum = [present.get(one) or QuorumSpecialty(specialty=one) for one in sorted(goals)]
    for row in policy.quorum:
        row.goal_percent = goals[row.specialty]
