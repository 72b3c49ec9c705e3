"""The submission form: sections in any order, drafts, autosave, check and submit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.models import Person
from tumorboard.accounts.queries import physicians_of
from tumorboard.cases.domain import SECTIONS, CaseIncomplete, CaseState, EditedElsewhere, Section, SectionState, progress
from tumorboard.cases.models import Case
from tumorboard.cases.queries import case_seen_by
from tumorboard.cases.schemas import CaseDraftSchema, StudySchema
from tumorboard.cases.services import SectionAnswers, save_section, start_draft, submit_case
from tumorboard.cases.services.draft import check_editable
from tumorboard.cases.services.submit import answers_of
from tumorboard.cases.views.blueprint import blueprint, outlook
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.errors import Forbidden, NotFound
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import offer, requires, see_other
from tumorboard.kernel.web.formats import clock
from tumorboard.kernel.web.payload import Submission, submission
from tumorboard.series.queries import boards

STUDY_ROWS, MOST_STUDIES = 4, 30
_CONTROL = {"csrf_token", "version", "go", "key"}


@dataclass(frozen=True)
class Step:
    """One entry of the rail beside the form."""

    label: str
    url: str
    state: str
    note: str
    current: bool


@blueprint.post("/cases")
@requires(Permission.CASE_SUBMIT)
def start() -> ResponseReturnValue:
    """Begin a case; a second click of the same button opens the same draft."""
    key = request.form.get("key", "")[:40] or g.request_id
    with transaction():
        case = start_draft(by=g.actor, key=key, now=utc_now())
    return see_other(_section_url(case, SECTIONS[0]))


@blueprint.get("/cases/<code:code>/sections/<slug:slug>")
@requires(Permission.CASE_EDIT)
def edit_section(code: str, slug: str) -> ResponseReturnValue:
    """One section, with what was saved."""
    case, section = _own_case(code), _section(slug)
    check_editable(case, now=utc_now())
    return _section_page(case, section, Submission(typed=answers_of(case)))


@blueprint.post("/cases/<code:code>/sections/<slug:slug>")
@requires(Permission.CASE_EDIT)
def store_section(code: str, slug: str) -> ResponseReturnValue:
    """Save one section: by its button, or by itself while somebody types."""
    case, section = _own_case(code), _section(slug)
    form = _read(case, section)
    seen = request.form.get("version", case.version, type=int)
    quiet = "X-Autosave" in request.headers
    if form.refused and not quiet:
        return _section_page(case, section, form), 422
    try:
        with transaction():
            save_section(case, section, form.value, seen_version=seen, by=g.actor, now=utc_now())
    except EditedElsewhere as error:
        if quiet:
            raise
        return _conflict_page(_own_case(code), section, form, error), 409
    if quiet:
        at = clock(local(case.edited_at, g.actor.zone))
        return jsonify(saved=at, version=case.version, errors=dict(form.errors))
    return see_other(_after(case, section))


@blueprint.get("/cases/<code:code>/check")
@requires(Permission.CASE_EDIT)
def check(code: str) -> ResponseReturnValue:
    """All answers on one page, what is missing first."""
    return _check_page(_own_case(code), {})


@blueprint.post("/cases/<code:code>/submission")
@requires(Permission.CASE_SUBMIT)
def submit(code: str) -> ResponseReturnValue:
    """Send the case to its board; sent twice, it arrives once."""
    case = _own_case(code)
    try:
        with transaction():
            submit_case(case, by=g.actor, now=utc_now())
    except CaseIncomplete as error:
        return _check_page(_own_case(code), error.fields), 422
    flash("Your case was submitted. You hear from the coordinator by mail.")
    return see_other(url_for("cases.show", code=case.code))


def _own_case(code: str) -> Case:
    case = case_seen_by(g.actor, code, now=utc_now())
    owners = {case.submitter_id, case.presenter_id}
    if not any(owner and g.actor.may(Permission.CASE_EDIT, owner_id=owner) for owner in owners):
        raise Forbidden("Only the physician who submits or presents this case can change it.")
    return case


def _section(slug: str) -> Section:
    found = next((section for section in SECTIONS if section.slug == slug), None)
    if found is None:
        raise NotFound("The form has no such section.")
    return found


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


def _read(case: Case, section: Section) -> Submission:
    """The answers of the section; what is invalid is told, what is valid is kept for an autosave."""
    if "studies" in section.fields:
        return _read_studies()
    schema = section_schema(case, section)
    typed = {name: values[-1] for name, values in request.form.lists() if name not in _CONTROL}
    if request.is_json:
        form = submission(schema, partial=True)
        return Submission(value=SectionAnswers(form.value), typed=form.typed)
    try:
        return Submission(value=SectionAnswers(schema.load(typed)), typed=typed)
    except ValidationError as error:
        valid = dict(error.valid_data) if isinstance(error.valid_data, dict) else {}
        kept = {name: getattr(case, name) for name in error.normalized_messages() if hasattr(case, name)}
        answers = SectionAnswers({**valid, **kept})
        return Submission(value=answers, typed=typed, errors=error.normalized_messages())


def _read_studies() -> Submission:
    rows, errors = [], {}
    typed = [_typed_study(number) for number in range(_row_count())]
    for number, row in enumerate(typed):
        if not any(row.get(name) for name in ("what", "day", "performed_at")):
            continue
        try:
            rows.append(StudySchema().load(row))
        except ValidationError as error:
            errors[number] = error.normalized_messages()
    return Submission(value=SectionAnswers(studies=tuple(rows)), typed={"studies": typed}, errors=errors)


def _typed_study(number: int) -> dict[str, str]:
    return {name: request.form.get(f"study-{number}-{name}", "") for name in StudySchema().fields}


def _row_count() -> int:
    numbers = [name.split("-")[1] for name in request.form if name.startswith("study-")]
    return min(max((int(number) + 1 for number in numbers if number.isdigit()), default=0), MOST_STUDIES)


def _after(case: Case, section: Section) -> str:
    wanted = request.form.get("go", "next")
    if wanted == "row":
        return _section_url(case, section) + "?rows=more"
    position = SECTIONS.index(section) + 1
    last = position == len(SECTIONS)
    return url_for("cases.check", code=case.code) if last else _section_url(case, SECTIONS[position])


def _section_url(case: Case, section: Section) -> str:
    return url_for("cases.edit_section", code=case.code, slug=section.slug)


def rail(case: Case, current: str) -> list[Step]:
    """The sections with how far each is, and the last step."""
    answers = answers_of(case)
    notes = {SectionState.PART: "In progress"}
    steps = []
    for section in SECTIONS:
        state = progress(section, answers)
        here = section.slug == current
        steps.append(Step(section.title, _section_url(case, section), str(state), notes.get(state, ""), here))
    last = Step("Check and submit", url_for("cases.check", code=case.code), "todo", "", current == "check")
    return [*steps, last]


def _section_page(case: Case, section: Section, form: Submission, **extra: Any) -> str:
    rows = _study_views(form) if "studies" in section.fields else []
    shown = None if rows else form_view(section_schema(case, section), form.typed, form.errors)
    position = SECTIONS.index(section)
    back = _section_url(case, SECTIONS[position - 1]) if position else url_for("cases.list_own")
    return render_template(
        "cases/section.html",
        case=case,
        section=section,
        position=position + 1,
        form=shown,
        rows=rows,
        row_errors=_row_errors(form) if rows else [],
        steps=rail(case, section.slug),
        outlook=outlook(case),
        back_url=back,
        saved_at=clock(local(case.edited_at, g.actor.zone)),
        zone=g.actor.zone,
        **extra,
    )


def _conflict_page(case: Case, section: Section, form: Submission, error: EditedElsewhere) -> str:
    stored = form_view(section_schema(case, section), answers_of(case), {}) if "studies" not in section.fields else []
    typed = form_view(section_schema(case, section), form.typed, {}) if "studies" not in section.fields else []
    pairs = [(now.label, now.value) for now, mine in zip(stored, typed, strict=True) if now.value != mine.value]
    return _section_page(case, section, form, conflict=error.message, stored=pairs)


def _study_views(form: Submission) -> list[Any]:
    stored = form.typed.get("studies", [])
    filled = [row if isinstance(row, Mapping) else {name: getattr(row, name) for name in StudySchema().fields} for row in stored]
    wanted = max(STUDY_ROWS, len(filled) + (2 if "rows" in request.args or len(filled) >= STUDY_ROWS else 0))
    padded = [*filled, *({} for _ in range(min(wanted, MOST_STUDIES) - len(filled)))]
    return [
        form_view(StudySchema(), row, form.errors.get(number, {}), prefix=f"study-{number}-")
        for number, row in enumerate(padded)
    ]


def _row_errors(form: Submission) -> list[tuple[str, str]]:
    views = _study_views(form)
    return [pair for view in views for pair in view.errors]


def _check_page(case: Case, gaps: Mapping[str, object]) -> str:
    return render_template(
        "cases/check.html",
        case=case,
        summary=summary(case),
        gaps=gaps,
        steps=rail(case, "check"),
        outlook=outlook(case),
        may_submit=case.state in {CaseState.DRAFT, CaseState.RETURNED},
    )


@dataclass(frozen=True)
class SectionSummary:
    """One section as the check page and the case page show it."""

    title: str
    url: str
    answers: list[tuple[str, str, str]]  # field, label, answer as shown
    missing: list[str]
    studies: list[Any]


def summary(case: Case) -> list[SectionSummary]:
    """All answers in the order of the form, as words."""
    answers, summaries = answers_of(case), []
    for section in SECTIONS:
        shown = _words(section_schema(case, section), answers) if section.slug != SECTIONS[-1].slug else []
        gaps = [label for name, label, text in shown if not text and name in _missing(section, answers)]
        studies = list(case.studies) if "studies" in section.fields else []
        summaries.append(SectionSummary(section.title, _section_url(case, section), shown, gaps, studies))
    return summaries


def _missing(section: Section, answers: Mapping[str, object]) -> tuple[str, ...]:
    from tumorboard.cases.domain import missing

    return missing(section, answers)


def _words(schema: Schema, answers: Mapping[str, object]) -> list[tuple[str, str, str]]:
    return [(view.name, view.label, _word(view)) for view in form_view(schema, answers, {})]


def _word(view: Any) -> str:
    if view.choices:
        return ", ".join(label for value, label, chosen in view.choices if chosen and value)
    if isinstance(view.value, bool):
        return "Yes" if view.value else ""
    return str(view.value or "")
