"""The life cycle of a case, its closed lists, and the sections of its form."""

from tumorboard.cases.domain.errors import (
    CaseIncomplete,
    CutOffPassed,
    EditedElsewhere,
    NotInThisState,
)
from tumorboard.cases.domain.lifecycle import (
    EDITABLE,
    TRANSITIONS,
    WAITING,
    Act,
    CaseState,
    next_state,
)
from tumorboard.cases.domain.sections import (
    NEEDED,
    SECTIONS,
    STANDS_IN,
    Outlook,
    Section,
    SectionState,
    Slot,
    missing,
    progress,
)
from tumorboard.cases.domain.words import (
    QuestionKind,
    Sequencing,
    Sex,
    Side,
    StageBasis,
    StudyKind,
    Transfer,
    TreatmentStatus,
    Urgency,
)

__all__ = [
    "Act",
    "CaseIncomplete",
    "CaseState",
    "CutOffPassed",
    "EDITABLE",
    "EditedElsewhere",
    "NEEDED",
    "NotInThisState",
    "Outlook",
    "QuestionKind",
    "SECTIONS",
    "STANDS_IN",
    "Section",
    "SectionState",
    "Sequencing",
    "Sex",
    "Side",
    "Slot",
    "StageBasis",
    "StudyKind",
    "TRANSITIONS",
    "Transfer",
    "TreatmentStatus",
    "Urgency",
    "WAITING",
    "missing",
    "next_state",
    "progress",
]
