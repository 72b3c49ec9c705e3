"""The sections of the submission form: read from a request, shown on a page, told as words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from marshmallow import Schema, ValidationError

from tumorboard.accounts.models import Person
from tumorboard.accounts.queries import physicians_of
from tumorboard.cases.domain import SECTIONS, Act, CaseState, Section, SectionState, missing, progress
from tumorboard.cases.models import Case
from tumorboard.cases.queries import hours_in_words
from tumorboard.cases.schemas import CaseDraftSchema, StudySchema
from tumorboard.cases.services import SectionAnswers
from tumorboard.cases.services.submit import answers_of
from tumorboard.kernel.db import db
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, messages_of, offer
from tumorboard.series.queries import boards

STUDY_ROWS, MOST_STUDIES, MORE_ROWS = 4, 30, 2
_STUDY = tuple(StudySchema().fields)
_HOURS = ("joins_from", "joins_until")
_CONTROL = {"csrf_token", "version", "go"}


@dataclass(frozen=True)
class Step:
    """One entry of the rail beside the form."""

    label: str
    url: str
    state: str
    note: str
    current: bool


@dataclass(frozen=True)
class SectionSummary:
    """One section as the check page and the case page show it."""

    title: str
    url: str
    answers: list[tuple[str, str, str]]  # field, label, answer as shown
    missing: list[str]
    studies: list[Any]


def section_schema(case: Case, section: Section) -> CaseDraftSchema:
    """The schema of one section, its people and boards offered by name."""
    schema = CaseDraftSchema(only=[name for name in section.fields if name != "studies"] or ["board_id"], partial=True)
    if "board_id" in section.fields:
        offer(schema, "board_id", ((board.id, board.name) for board in db.session.scalars(boards())))
        colleagues = db.session.scalars(physicians_of(case.institution_id)).all()
        for name in ("presenter_id", "backup_id", "responsible_id"):
            offer(schema, name, ((person.id, person.display_name) for person in _with_chosen(colleagues, case, name)))
    return schema


def _with_chosen(colleagues: Any, case: Case, name: str) -> list[Person]:
    chosen = getattr(case, name.removesuffix("_id"))
    return [*colleagues, *([chosen] if chosen is not None and chosen not in colleagues else [])]


def read_section(case: Case, section: Section) -> Submission:
    """The answers of the section; what is invalid is told, what is valid is kept for an autosave."""
    if request.is_json:
        raise Invalid("Send a section as a form: with its version, so that nobody's words are lost.")
    if "studies" in section.fields:
        return _read_studies()
    schema = section_schema(case, section)
    typed = {name: values[-1] for name, values in request.form.lists() if name not in _CONTROL}
    try:
        return Submission(value=SectionAnswers(schema.load(typed)), typed=typed)
    except ValidationError as error:
        valid = dict(error.valid_data) if isinstance(error.valid_data, dict) else {}
        errors = messages_of(error)
        kept = {name: getattr(case, name) for name in errors if hasattr(case, name)}
        return Submission(value=SectionAnswers({**valid, **kept}), typed=typed, errors=errors)


def _read_studies() -> Submission:
    rows, errors = [], {}
    typed = [_typed_study(number) for number in range(row_count())]
    for number, row in enumerate(typed):
        if not any(row.get(name) for name in ("what", "day", "performed_at")):
            continue
        try:
            rows.append(StudySchema().load(row))
        except ValidationError as error:
            errors[str(number)] = messages_of(error)
    return Submission(value=SectionAnswers(studies=tuple(rows)), typed={"studies": typed}, errors=errors)


def errors_by_input(section: Section, errors: Mapping[str, Any]) -> dict[str, str]:
    """The first sentence of each answer that waits, under the name of its input."""
    if "studies" not in section.fields:
        return {name: str(said[0]) for name, said in errors.items()}
    rows = ((number, name, said) for number, row in errors.items() for name, said in row.items())
    return {f"study-{number}-{name}": str(said[0]) for number, name, said in rows}


def _typed_study(number: int) -> dict[str, str]:
    return {name: request.form.get(f"study-{number}-{name}", "") for name in StudySchema().fields}


def row_count() -> int:
    """How many rows of studies the form that was sent has, filled or not."""
    present = (
        number for number in range(MOST_STUDIES) if any(f"study-{number}-{name}" in request.form for name in _STUDY)
    )
    return max((number + 1 for number in present), default=0)


def section_url(case: Case, section: Section) -> str:
    return url_for("cases.edit_section", code=case.code, slug=section.slug)


def rail(case: Case, current: str) -> list[Step]:
    """The sections with how far each is, and the last step."""
    answers = answers_of(case)
    notes = {SectionState.PART: "In progress"}
    steps = []
    for section in SECTIONS:
        state = progress(section, answers)
        here = section.slug == current
        steps.append(Step(section.title, section_url(case, section), str(state), notes.get(state, ""), here))
    last = Step("Check and submit", url_for("cases.check", code=case.code), "todo", "", current == "check")
    return [*steps, last]


def study_views(form: Submission) -> list[Any]:
    stored = form.typed.get("studies", [])
    names = StudySchema().fields
    filled = [row if isinstance(row, Mapping) else {name: getattr(row, name) for name in names} for row in stored]
    spare = len(filled) + (MORE_ROWS if len(filled) >= STUDY_ROWS else 0)
    wanted = max(STUDY_ROWS, spare, request.args.get("rows", 0, type=int))
    padded = [*filled, *({} for _ in range(min(wanted, MOST_STUDIES) - len(filled)))]
    return [
        form_view(StudySchema(), row, form.errors.get(str(number), {}), prefix=f"study-{number}-")
        for number, row in enumerate(padded)
    ]


def row_errors(form: Submission) -> list[tuple[str, str]]:
    views = enumerate(study_views(form), start=1)
    return [(name, f"Row {number}, {sentence}") for number, view in views for name, sentence in view.errors]


@dataclass(frozen=True)
class Returned:
    """What a coordinator asks for, and who asks."""

    by: str
    reason: str


def returned(case: Case) -> Returned | None:
    """The question that a returned case came back with."""
    if case.state is not CaseState.RETURNED:
        return None
    asked = [event for event in case.history if event.act is Act.RETURN]
    return (
        Returned(asked[-1].person.name if asked[-1].person else "The coordinator", asked[-1].reason) if asked else None
    )


def summary(case: Case) -> list[SectionSummary]:
    """All answers in the order of the form, as words."""
    answers, summaries = answers_of(case), []
    for section in SECTIONS:
        shown = _words(section_schema(case, section), answers) if section.slug != SECTIONS[-1].slug else []
        shown = [row for row in shown if row[0] not in _HOURS]
        if "joins_from" in section.fields:
            shown.append(_hours(case))
        gaps = [label for name, label, text in shown if not text and name in missing(section, answers)]
        studies = list(case.studies) if "studies" in section.fields else []
        summaries.append(SectionSummary(section.title, section_url(case, section), shown, gaps, studies))
    return summaries


def _hours(case: Case) -> tuple[str, str, str]:
    who = "You can join" if g.actor.person_id == case.presenter_id else "The presenter can join"
    return "joins_from", who, hours_in_words(case)


def _words(schema: Schema, answers: Mapping[str, object]) -> list[tuple[str, str, str]]:
    decided = answers["accepted_at"] is not None  # what was asked for then gave way to what the coordinator gives
    labels = {"minutes": "Minutes given"} if decided else {}
    return [(view.name, labels.get(view.name, view.label), _word(view)) for view in form_view(schema, answers, {})]


def _word(view: Any) -> str:
    if view.choices:
        return ", ".join(label for value, label, chosen in view.choices if chosen and value)
    if isinstance(view.value, bool):
        return "Yes" if view.value else ""
    return str(view.value or "")
