"""The life cycle of a case in one table."""

from collections.abc import Mapping
from enum import StrEnum

from tumorboard.cases.domain.errors import NotInThisState


class CaseState(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    PRESENTED = "presented"
    NOTED = "noted"
    RECOMMENDED = "recommended"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state as it is shown."""
        return _STATE_LABELS.get(self, self.value.replace("_", " ").capitalize())


_STATE_LABELS = {
    CaseState.SUBMITTED: "Waiting for triage",
    CaseState.RETURNED: "Returned for information",
    CaseState.ACCEPTED: "Accepted, waiting for a meeting",
}


class Act(StrEnum):
    """What can be done to a case."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    DECLINE = "decline"
    REDIRECT = "redirect"
    SCHEDULE = "schedule"
    DEFER = "defer"
    PRESENT = "present"
    NOTE = "note"
    RECOMMEND = "recommend"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        """The act in the past tense, as a history tells it."""
        return _ACT_LABELS[self]


_ACT_LABELS = {
    Act.SUBMIT: "Submitted",
    Act.ACCEPT: "Accepted",
    Act.RETURN: "Returned for information",
    Act.DECLINE: "Not listed",
    Act.REDIRECT: "Redirected to another board",
    Act.SCHEDULE: "Put on an agenda",
    Act.DEFER: "Taken off the agenda",
    Act.PRESENT: "Presented",
    Act.NOTE: "Noted under a standard of care",
    Act.RECOMMEND: "Recommendation signed",
    Act.FOLLOW_UP: "Follow-up recorded",
    Act.CLOSE: "Closed",
    Act.WITHDRAW: "Withdrawn",
}

_BEFORE_PRESENTED = frozenset(
    {CaseState.DRAFT, CaseState.SUBMITTED, CaseState.RETURNED, CaseState.ACCEPTED, CaseState.SCHEDULED}
)

# The whole life cycle: which act is possible in which states, and where it leads.
TRANSITIONS: Mapping[Act, tuple[frozenset[CaseState], CaseState]] = {
    Act.SUBMIT: (frozenset({CaseState.DRAFT, CaseState.RETURNED}), CaseState.SUBMITTED),
    Act.ACCEPT: (frozenset({CaseState.SUBMITTED}), CaseState.ACCEPTED),
    Act.RETURN: (frozenset({CaseState.SUBMITTED}), CaseState.RETURNED),
    Act.DECLINE: (frozenset({CaseState.SUBMITTED}), CaseState.DECLINED),
    Act.REDIRECT: (frozenset({CaseState.SUBMITTED}), CaseState.SUBMITTED),
    Act.SCHEDULE: (frozenset({CaseState.ACCEPTED, CaseState.SCHEDULED}), CaseState.SCHEDULED),
    Act.DEFER: (frozenset({CaseState.SCHEDULED}), CaseState.ACCEPTED),
    Act.PRESENT: (frozenset({CaseState.SCHEDULED}), CaseState.PRESENTED),
    Act.NOTE: (frozenset({CaseState.ACCEPTED, CaseState.SCHEDULED}), CaseState.NOTED),
    Act.RECOMMEND: (frozenset({CaseState.PRESENTED}), CaseState.RECOMMENDED),
    Act.FOLLOW_UP: (frozenset({CaseState.RECOMMENDED, CaseState.NOTED}), CaseState.FOLLOWED_UP),
    Act.CLOSE: (frozenset({CaseState.FOLLOWED_UP}), CaseState.CLOSED),
    Act.WITHDRAW: (_BEFORE_PRESENTED, CaseState.WITHDRAWN),
}

EDITABLE = _BEFORE_PRESENTED
WAITING = frozenset({CaseState.ACCEPTED, CaseState.SCHEDULED})


def next_state(state: CaseState, act: Act) -> CaseState:
    """Return where the act leads. Raises NotInThisState when the table has no such step."""
    possible, target = TRANSITIONS[act]
    if state not in possible:
        raise NotInThisState(f"This case is “{state.label.lower()}” now, so it cannot be {_PARTICIPLES[act]}.")
    return target


_PARTICIPLES = {
    Act.SUBMIT: "submitted",
    Act.ACCEPT: "accepted",
    Act.RETURN: "returned",
    Act.DECLINE: "declined",
    Act.REDIRECT: "redirected",
    Act.SCHEDULE: "put on an agenda",
    Act.DEFER: "taken off an agenda",
    Act.PRESENT: "presented",
    Act.NOTE: "noted",
    Act.RECOMMEND: "given a recommendation",
    Act.FOLLOW_UP: "followed up",
    Act.CLOSE: "closed",
    Act.WITHDRAW: "withdrawn",
}
