"""The submission form: sections in any order, drafts, autosave, check and submit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.cases.domain import SECTIONS, CaseIncomplete, CaseState, EditedElsewhere, Section
from tumorboard.cases.models import Case
from tumorboard.cases.queries import case_seen_by
from tumorboard.cases.services import save_section, start_draft, submit_case
from tumorboard.cases.services.draft import check_editable
from tumorboard.cases.services.submit import answers_of
from tumorboard.cases.views.blueprint import blueprint, outlook
from tumorboard.cases.views.sections import (
    MORE_ROWS,
    errors_by_input,
    rail,
    read_section,
    returned,
    row_count,
    row_errors,
    section_schema,
    section_url,
    study_views,
    summary,
)
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import transaction
from tumorboard.kernel.errors import Forbidden, NotFound
from tumorboard.kernel.ui import form_view
from tumorboard.kernel.web import Submission, requires, see_other
from tumorboard.kernel.web.formats import clock


@blueprint.post("/cases")
@requires(Permission.CASE_SUBMIT)
def start() -> ResponseReturnValue:
    """Begin a case; a second click of the same button opens the same draft."""
    key = request.form.get("key", "")[:40] or g.request_id
    with transaction():
        case = start_draft(by=g.actor, key=key, now=utc_now())
    return see_other(section_url(case, SECTIONS[0]))


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
    form = read_section(case, section)
    seen = request.form.get("version", -1, type=int)  # a missing version is never the present one
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
    except CaseIncomplete as error:
        if quiet:
            return _quiet_answer(_own_case(code), section, {**form.errors, **error.fields})
        return _section_page(_own_case(code), section, replace(form, errors=error.fields)), 422
    if quiet:
        return _quiet_answer(case, section, form.errors)
    return see_other(_after(case, section))


@blueprint.get("/cases/<code:code>/check")
@requires(Permission.CASE_EDIT)
def check(code: str) -> ResponseReturnValue:
    """All answers on one page, what is missing first."""
    return _check_page(_own_case(code), {})


@blueprint.get("/cases/<code:code>/submission")
@requires(Permission.CASE_SUBMIT)
def check_again(code: str) -> ResponseReturnValue:
    """A refused submission leaves its address in the browser; opened there, it is the page to check."""
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


def _quiet_answer(case: Case, section: Section, errors: Mapping[str, Any]) -> ResponseReturnValue:
    """What script shows after a save by itself: when, which answers wait, and where the case is going now."""
    aside = render_template("cases/_outlook.html", case=case, **outlook(case))
    at = clock(local(case.edited_at, g.actor.zone))
    return jsonify(saved=at, version=case.version, errors=errors_by_input(section, errors), aside=aside)


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


def _after(case: Case, section: Section) -> str:
    wanted = request.form.get("go", "next")
    if wanted == "row":
        return f"{section_url(case, section)}?rows={row_count() + MORE_ROWS}"
    position = SECTIONS.index(section) + 1
    last = position == len(SECTIONS)
    return url_for("cases.check", code=case.code) if last else section_url(case, SECTIONS[position])


def _section_page(case: Case, section: Section, form: Submission, **extra: Any) -> str:
    rows = study_views(form) if "studies" in section.fields else []
    shown = None if rows else form_view(section_schema(case, section), form.typed, form.errors)
    position = SECTIONS.index(section)
    back = section_url(case, SECTIONS[position - 1]) if position else url_for("cases.list_own")
    return render_template(
        "cases/section.html",
        case=case,
        section=section,
        position=position + 1,
        form=shown,
        rows=rows,
        row_errors=row_errors(form) if rows else [],
        steps=rail(case, section.slug),
        **outlook(case),
        back_url=back,
        returned=returned(case),
        saved_word="Draft saved at" if case.state is CaseState.DRAFT else "Saved at",
        saved_at=clock(local(case.edited_at, g.actor.zone)),
        zone=case.institution.time_zone,
        **extra,
    )


def _conflict_page(case: Case, section: Section, form: Submission, error: EditedElsewhere) -> str:
    pairs: list[tuple[str, Any]] = []
    if "studies" not in section.fields:
        stored = form_view(section_schema(case, section), answers_of(case), {})
        typed = form_view(section_schema(case, section), form.typed, {})
        pairs = [(now.label, now.value) for now, mine in zip(stored, typed, strict=True) if now.value != mine.value]
    return _section_page(case, section, form, conflict=error.message, stored=pairs)


def _check_page(case: Case, gaps: Mapping[str, object]) -> str:
    return render_template(
        "cases/check.html",
        case=case,
        summary=summary(case),
        gaps=gaps,
        steps=rail(case, "check"),
        **outlook(case),
        returned=returned(case),
        may_submit=case.state in {CaseState.DRAFT, CaseState.RETURNED},
    )
