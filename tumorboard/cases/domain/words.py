"""The closed lists of the minimum data set."""

from enum import StrEnum


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
