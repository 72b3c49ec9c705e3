"""The submission form: fields, limits, labels and hints of the minimum data set."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from tumorboard.accounts.domain import Specialty
from tumorboard.cases.domain import (
    NEEDED,
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
from tumorboard.cases.services import Acceptance, StudyDraft
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.web import FormSchema, Line, Paragraph

EARLIEST_YEAR = 1950
_DAYS_BACK = "Enter 0 for today, or the days back as a negative number: -7 is a week ago."
NO_IDENTIFIERS = "No names, dates, record numbers or places: years and relative days such as “day -21”."


def _enum(members: Any, label: str, **metadata: Any) -> fields.Enum[Any]:
    return fields.Enum(
        members,
        by_value=True,
        metadata={"label": label, **metadata},
        error_messages={"unknown": "Choose one of the list."},
    )


def _number(label: str, least: int, most: int, **metadata: Any) -> fields.Integer:
    between = f"Enter a whole number from {least} to {most}."
    return fields.Integer(
        strict=False,
        validate=validate.Range(least, most, error=between),
        metadata={"label": label, "inputmode": "numeric", **metadata},
        error_messages={"invalid": between},
    )


def _year_of_the_past(year: int) -> None:
    if not EARLIEST_YEAR <= year <= utc_now().year:
        raise ValidationError(f"Enter a year from {EARLIEST_YEAR} to this year.")


def _person(label: str, **metadata: Any) -> fields.Integer:
    return fields.Integer(
        metadata={"label": label, "kind": "select", **metadata}, error_messages={"invalid": "Choose one of the list."}
    )


class CaseDraftSchema(FormSchema):
    """All fields of a submission; a page shows the ones of its section."""

    # Board and presenter
    board_id = _person("Board", hint="Which board is to hear this case?")
    presenter_id = _person("Presenter", hint="Who joins the meeting and speaks for the patient.")
    backup_id = _person("Backup presenter")
    responsible_id = _person("Responsible physician", hint="Who decides on treatment and receives the recommendation.")
    urgency = _enum(Urgency, "How soon must the board hear it?", kind="radios", choices=[
        ("emergent", "Emergent: within 2 days"), ("urgent", "Urgent: within a week"),
        ("soon", "Soon: within two weeks"), ("routine", "Routine: within four weeks"),
    ])  # fmt: skip
    urgency_reason = Line(most=300, metadata={"label": "Why this soon", "hint": "Needed unless it is routine."})
    minutes = _number("Minutes asked", 1, 60, hint="Leave empty for the board's usual time.")
    joins_from = fields.Time(
        format="%H:%M", metadata={"label": "From"}, error_messages={"invalid": "Enter a time such as 07:30."}
    )
    joins_until = fields.Time(
        format="%H:%M", metadata={"label": "Until"}, error_messages={"invalid": "Enter a time such as 08:30."}
    )

    # Patient
    age_years = _number("Age in years", 0, 90, hint="Enter 90 for anybody of 90 or older.")
    sex = _enum(Sex, "Sex", across=True)
    ecog = fields.Integer(
        validate=validate.OneOf(
            range(5),
            ["0 fully active", "1 restricted", "2 up more than half the day", "3 in bed more than half", "4 bedbound"],
            error="Choose one of the list.",
        ),
        metadata={"label": "ECOG performance status", "kind": "select"},
        error_messages={"invalid": "Choose one of the list."},
    )
    comorbidity = Paragraph(most=600, metadata={"label": "Comorbidity and frailty", "rows": 3, "hint": NO_IDENTIFIERS})
    preferences = Paragraph(
        most=600,
        metadata={"label": "What the patient wants", "rows": 3, "hint": "Goals, limits, what matters most to them."},
    )
    patient_knows = Paragraph(most=600, metadata={"label": "What the patient knows", "rows": 2})

    # Diagnosis and stage
    primary_site = Line(
        most=120, metadata={"label": "Primary site", "hint": "ICD-10-CM or ICD-O-3, such as “C34.1 upper lobe, lung”."}
    )
    histology = Line(
        most=160, metadata={"label": "Histology", "hint": "As on the report, for example “8140/3 adenocarcinoma”."}
    )
    pathology_pending = fields.Boolean(metadata={"label": "Pathology pending"})
    side = _enum(Side, "Side", across=True)
    diagnosed_year = fields.Integer(
        validate=_year_of_the_past,
        metadata={"label": "Year of diagnosis", "inputmode": "numeric"},
        error_messages={"invalid": "Enter a year such as 2026."},
    )
    stage_basis = _enum(StageBasis, "The stage is", across=True)
    stage_edition = Line(most=40, metadata={"label": "Edition", "hint": "For example “AJCC 9th edition”."})
    stage_t = Line(most=12, metadata={"label": "T"})
    stage_n = Line(most=12, metadata={"label": "N"})
    stage_m = Line(most=12, metadata={"label": "M"})
    stage_group = Line(most=40, metadata={"label": "Stage group"})
    not_staged_reason = Line(most=200, metadata={"label": "If not staged, why"})

    # Treatment so far
    treatment_status = _enum(TreatmentStatus, "Treatment of this disease", choices=[
        ("none_yet", "None yet"), ("under_way", "Under way"),
        ("first_completed", "First course completed"), ("recurrence", "Recurrence after treatment"),
    ], kind="radios")  # fmt: skip
    prior_treatment = Paragraph(
        most=1500,
        metadata={
            "label": "Treatment so far",
            "rows": 4,
            "hint": "One a line with relative days, for example “day -80 to -31: EP x 4”.",
        },
    )
    biomarkers = Paragraph(most=800, metadata={"label": "Biomarkers and genomic tests", "rows": 3})
    sequencing = _enum(Sequencing, "MSK-IMPACT", across=True)
    new_problem = Paragraph(most=600, metadata={"label": "New since the last discussion", "rows": 2})

    # Question for the board
    title = Line(
        most=120,
        metadata={
            "label": "Title for the agenda",
            "hint": "What the room sees, for example “Stage IIIA adenocarcinoma: resect after neoadjuvant?”",
        },
    )
    question_kind = _enum(QuestionKind, "Kind of question", kind="select")
    question = Line(most=400, metadata={"label": "The one question", "hint": "One sentence that the board can answer."})
    presentation_reason = Line(
        most=400, metadata={"label": "Why a board", "hint": "What makes this case hard to decide at home?"}
    )
    local_plan = Paragraph(most=800, metadata={"label": "What would you do today?", "rows": 3})
    trial_interest = fields.Boolean(metadata={"label": "The patient is open to a clinical trial"})

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """A field is required where the submission needs it, always or mostly; a draft is loaded partially."""
        field_obj.required = field_name in NEEDED or field_name == "urgency_reason"

    @validates_schema
    def _window(self, data: dict[str, Any], **_: Any) -> None:
        starts, ends = data.get("joins_from"), data.get("joins_until")
        if starts and ends and ends <= starts:
            raise ValidationError("The end of the hours must come after their beginning.", "joins_until")

    @validates_schema
    def _urgency(self, data: dict[str, Any], **_: Any) -> None:
        urgency = data.get("urgency")
        if urgency and urgency is not Urgency.ROUTINE and not data.get("urgency_reason"):
            raise ValidationError("Say in a few words why it cannot wait.", "urgency_reason")


class StudySchema(FormSchema):
    """One image or specimen."""

    kind = _enum(StudyKind, "Kind", kind="select")
    what = Line(most=120, metadata={"label": "What"})
    day = fields.Integer(
        validate=validate.Range(-36500, 0, error=_DAYS_BACK),
        metadata={"label": "Day", "inputmode": "text"},
        error_messages={"invalid": _DAYS_BACK},
    )
    performed_at = Line(most=80, metadata={"label": "Where"})
    transfer = _enum(Transfer, "At the hub", kind="select")

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("what"):
            raise ValidationError("Say what was done, or empty the row.", "what")

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> StudyDraft:
        return StudyDraft(**{"kind": StudyKind.IMAGING, **data})


class ReasonSchema(FormSchema):
    """A decision's reason, which the physician receives."""

    reason = Paragraph(
        most=1000,
        required=True,
        metadata={"label": "Reason", "rows": 3, "hint": "The physician reads this on the case page."},
        error_messages={"required": "Give the reason."},
    )


class WithdrawalSchema(ReasonSchema):
    """Why a case is taken back; here the physician writes and the board reads."""

    reason = Paragraph(
        most=1000,
        required=True,
        metadata={"label": "Reason", "rows": 3, "hint": "The coordinators of the board read this on the case page."},
        error_messages={"required": "Give the reason."},
    )


class RedirectionSchema(ReasonSchema):
    """Another board, and why."""

    board_id = _person("Other board")


class AcceptanceSchema(FormSchema):
    """How a case is listed."""

    urgency = fields.Enum(
        Urgency, by_value=True, required=True, metadata={"label": "Urgency", "across": True},
        error_messages={"required": "Choose an urgency.", "unknown": "Choose an urgency."},
    )  # fmt: skip
    minutes = fields.Integer(
        required=True,
        validate=validate.Range(1, 60, error="Enter a whole number from 1 to 60."),
        metadata={"label": "Minutes"},
        error_messages={"required": "Enter the minutes.", "invalid": "Enter a whole number from 1 to 60."},
    )
    specialties = fields.List(
        fields.Enum(Specialty, by_value=True),
        load_default=[],
        metadata={
            "label": "Specialties that must be there",
            "choices": [(one.value, one.label) for one in Specialty],
        },
    )
    ready_on = fields.Date(
        metadata={"label": "Not before", "hint": "The day on which slides, images and reports will be there."},
        error_messages={"invalid": "Enter a date such as 2026-12-08."},
    )
    reason = Paragraph(most=1000, load_default="", metadata={"label": "Note to the physician", "rows": 2})

    @post_load
    def _decision(self, data: dict[str, Any], **_: Any) -> Acceptance:
        return Acceptance(**{**data, "specialties": frozenset(data["specialties"])})
