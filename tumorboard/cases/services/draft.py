"""Drafts: begun once, saved half-done at any point, never over somebody else's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.cases.domain import (
    EDITABLE,
    CaseIncomplete,
    CaseState,
    CutOffPassed,
    EditedElsewhere,
    NotInThisState,
    Section,
    StudyKind,
    Transfer,
    missing,
)
from tumorboard.cases.models import Case, Study
from tumorboard.kernel.db import session
from tumorboard.kernel.text import random_code

# What a plan depends on: when one of these changes on a waiting case, its board is planned again.
_PLANNED_BY = {"presenter_id", "backup_id", "urgency", "minutes", "joins_from", "joins_until"}
# Decided by the coordinator once the case was accepted.
_DECIDED_AT_TRIAGE = {"board_id", "urgency", "minutes"}


@dataclass(frozen=True)
class StudyDraft:
    """A study as typed."""

    kind: StudyKind
    what: str
    day: int | None = None
    performed_at: str = ""
    transfer: Transfer = Transfer.NOT_YET


@dataclass(frozen=True)
class SectionAnswers:
    """The answers to one section; a field left out was left blank."""

    values: Mapping[str, object] = field(default_factory=dict)
    studies: tuple[StudyDraft, ...] | None = None


def start_draft(*, by: Actor, key: str, now: datetime) -> Case:
    """Begin a case; the same key by the same person is the same draft, however often it is sent."""
    same = select(Case).where(Case.submitter_id == by.person_id, Case.draft_key == key)
    if found := session().scalars(same).one_or_none():
        return found
    case = Case(
        code=_unused_code(),
        submitter_id=by.person_id,
        presenter_id=by.person_id,
        responsible_id=by.person_id,
        institution_id=by.institution_id,
        draft_key=key,
        created_at=now,
        edited_at=now,
    )
    session().add(case)
    session().flush()
    record("case.begun", by=by, subject="case", subject_id=case.code, now=now)
    return case


def save_section(
    case: Case, section: Section, answers: SectionAnswers, *, seen_version: int, by: Actor, now: datetime
) -> None:
    """Store the answers to one section.

    Raises EditedElsewhere when the case was saved since `seen_version`, CutOffPassed after the cut-off of its
    meeting, NotInThisState when it can no longer be edited, CaseIncomplete when a needed answer of a submitted case
    would be gone.
    """
    check_editable(case, now=now)
    if seen_version != case.version:
        raise EditedElsewhere("This case was saved elsewhere since you opened it here.")
    _keep_complete(case, section, answers)
    changed = {name for name in _changeable(case, section) if getattr(case, name) != answers.values.get(name)}
    for name in changed:
        setattr(case, name, answers.values.get(name))
    if answers.studies is not None and answers.studies != tuple(map(_as_draft, case.studies)):
        case.studies = [Study(**vars(study)) for study in answers.studies]
        changed.add("studies")
    if not changed:
        return
    case.edited_at = now
    if changed & _PLANNED_BY and case.state is not CaseState.DRAFT:
        case.queued_at = now
    session().flush()
    if named := [name.removesuffix("_id") for name in changed if name.endswith("_id")]:
        session().expire(case, named)
    record("case.edited", by=by, subject="case", subject_id=case.code, details={"fields": sorted(changed)}, now=now)


def check_editable(case: Case, *, now: datetime) -> None:
    """Raise NotInThisState or CutOffPassed when the text of the case stands."""
    if case.state not in EDITABLE:
        raise NotInThisState(f"This case is “{case.state.label.lower()}” now, so its text stands as it is.")
    if case.edit_until_at is not None and now > case.edit_until_at:
        raise CutOffPassed("The cut-off of its meeting has passed. Tell the coordinator what has changed.")


def _keep_complete(case: Case, section: Section, answers: SectionAnswers) -> None:
    """What was submitted stays complete: its answers may change, not vanish."""
    if case.state in {CaseState.DRAFT, CaseState.RETURNED}:
        return
    changeable = _changeable(case, section)
    merged = {
        name: answers.values.get(name) if name in changeable else getattr(case, name, None) for name in section.fields
    }
    gaps = {name: ["Answer this: the case was submitted."] for name in missing(section, merged)}
    if gaps:
        raise CaseIncomplete("Some answers are still missing.", fields=gaps)


def _changeable(case: Case, section: Section) -> list[str]:
    fixed = _DECIDED_AT_TRIAGE if case.state in {CaseState.ACCEPTED, CaseState.SCHEDULED} else set()
    if case.state in {CaseState.SUBMITTED, CaseState.RETURNED}:
        fixed = {"board_id"}  # another board is the coordinator's to choose: it decides who may read the case
    return [name for name in section.fields if name != "studies" and name not in fixed]


def _as_draft(study: Study) -> StudyDraft:
    return StudyDraft(study.kind, study.what, study.day, study.performed_at, study.transfer)


def _unused_code() -> str:
    while True:
        code = random_code()
        if session().scalar(select(Case.id).where(Case.code == code)) is None:
            return code
