"""The life cycle of a case in one table, and the closed lists of the minimum data set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Invalid


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


class NotInThisState(Conflict):
    """The case has moved on, so this act is not possible any more."""


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


class Urgency(StrEnum):
    """How soon the board must hear the case."""

    EMERGENT = "emergent"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"

    @property
    def days(self) -> int:
        """Within how many days of submission the board should hear it."""
        return _URGENCY_DAYS[self]


_URGENCY_DAYS = {Urgency.EMERGENT: 2, Urgency.URGENT: 7, Urgency.SOON: 14, Urgency.ROUTINE: 28}


class Sex(StrEnum):
    """Sex as relevant to the disease."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Side(StrEnum):
    """Laterality of the primary."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    NOT_APPLICABLE = "not_applicable"


class StageBasis(StrEnum):
    """On what the stage as stated rests."""

    CLINICAL = "clinical"
    PATHOLOGIC = "pathologic"


class TreatmentStatus(StrEnum):
    """What has been treated when the case is presented; `prospective` is derived from it by policy."""

    NONE_YET = "none_yet"
    UNDER_WAY = "under_way"
    FIRST_COMPLETED = "first_completed"
    RECURRENCE = "recurrence"


class Sequencing(StrEnum):
    """Where MSK-IMPACT sequencing stands."""

    NOT_ORDERED = "not_ordered"
    ORDERED = "ordered"
    RESULTED = "resulted"


class QuestionKind(StrEnum):
    """What kind of answer the physician needs."""

    DIAGNOSIS = "diagnosis"
    STAGING = "staging"
    SURGERY = "surgery"
    SYSTEMIC = "systemic"
    RADIATION = "radiation"
    SEQUENCE = "sequence"
    RECURRENCE = "recurrence"
    TRIAL = "trial"
    GENETICS = "genetics"
    PALLIATIVE = "palliative"


class StudyKind(StrEnum):
    """Imaging or pathology."""

    IMAGING = "imaging"
    PATHOLOGY = "pathology"


class Transfer(StrEnum):
    """Whether the hub has the images or slides."""

    NOT_YET = "not_yet"
    REQUESTED = "requested"
    TRANSFERRED = "transferred"


class SectionState(StrEnum):
    """How far a section of the form is."""

    TODO = "todo"
    PART = "part"
    DONE = "done"


@dataclass(frozen=True)
class Section:
    """One page of the submission form: its address, heading, fields, and which of them are needed to submit."""

    slug: str
    title: str
    fields: tuple[str, ...]
    needed: tuple[str, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "board-and-presenter",
        "Board and presenter",
        (
            "board_id",
            "presenter_id",
            "backup_id",
            "responsible_id",
            "urgency",
            "urgency_reason",
            "minutes",
            "joins_from",
            "joins_until",
        ),
        ("board_id", "presenter_id", "urgency"),
    ),
    Section(
        "patient",
        "Patient",
        ("age_years", "sex", "ecog", "comorbidity", "preferences", "patient_knows"),
        ("age_years", "sex", "ecog", "preferences", "patient_knows"),
    ),
    Section(
        "diagnosis-and-stage",
        "Diagnosis and stage",
        (
            "primary_site",
            "histology",
            "pathology_pending",
            "side",
            "diagnosed_year",
            "stage_basis",
            "stage_edition",
            "stage_t",
            "stage_n",
            "stage_m",
            "stage_group",
            "not_staged_reason",
        ),
        ("primary_site", "histology", "stage_group"),
    ),
    Section(
        "treatment-so-far",
        "Treatment so far",
        ("treatment_status", "prior_treatment", "biomarkers", "sequencing", "new_problem"),
        ("treatment_status", "sequencing"),
    ),
    Section(
        "question-for-the-board",
        "Question for the board",
        ("title", "question_kind", "question", "presentation_reason", "local_plan", "trial_interest"),
        ("title", "question_kind", "question", "presentation_reason", "local_plan"),
    ),
    Section("imaging-and-pathology", "Imaging and pathology", ("studies",), ()),
)
NEEDED = frozenset(name for section in SECTIONS for name in section.needed)
# An honest gap counts as an answer: no histology while pathology is pending, no stage with a reason why not.
STANDS_IN = {"histology": "pathology_pending", "stage_group": "not_staged_reason"}


def missing(section: Section, answers: Mapping[str, object]) -> tuple[str, ...]:
    """Return the fields of the section that are needed to submit and not answered yet."""
    return tuple(name for name in section.needed if answers.get(name) in (None, "") and not _stood_in(name, answers))


def progress(section: Section, answers: Mapping[str, object]) -> SectionState:
    """Return how far the section is."""
    if not any(answers.get(name) not in (None, "", []) for name in section.fields):
        return SectionState.TODO
    return SectionState.PART if missing(section, answers) else SectionState.DONE


def _stood_in(name: str, answers: Mapping[str, object]) -> bool:
    return bool(answers.get(STANDS_IN.get(name, "")))


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Where a case is going: the next meeting with room, as far as can be said today."""

    starts_at: datetime
    zone: str
    cut_off_at: datetime
    free_minutes: int


class CaseIncomplete(Invalid):
    """The pro-forma has gaps; `fields` names them."""


class EditedElsewhere(Conflict):
    """The draft was saved from another tab or by another person since it was opened here."""


class CutOffPassed(Conflict):
    """The meeting's cut-off is over, so the text of the case stands."""
