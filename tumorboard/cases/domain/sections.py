"""The sections of the submission form: what each asks, what is needed, how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Where a case stands: its meeting, and the time that its presenter was told, once the agenda is published."""

    meeting_id: int
    meeting_starts_at: datetime
    zone: str
    is_published: bool
    told_starts_at: datetime | None
    minutes: int
