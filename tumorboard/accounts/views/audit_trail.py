"""The audit trail as the privacy officer reads it: who did or saw what, when, and on what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.models import Person
from tumorboard.accounts.queries import people
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.audit.domain import in_words
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.queries import entries
from tumorboard.kernel.clock import instant_of
from tumorboard.kernel.db import db
from tumorboard.kernel.text import clean_line
from tumorboard.kernel.web import page_of, requires

Key = tuple[str, str]
SubjectNames = Callable[[Iterable[Key]], Mapping[Key, str]]
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    entry: AuditEntry
    who: str
    what: str
    on: str


def install_subject_names(app: Flask, names_of: SubjectNames) -> None:
    """Tell the audit trail what things are called; meetings and series stand above this package."""
    app.extensions["subject_names"] = names_of


@blueprint.get("/audit-trail")
@requires(Permission.AUDIT_SEE)
def list_audit_entries() -> ResponseReturnValue:
    """Who did or saw what, narrowed by thing, person and days."""
    asked = {name: clean_line(request.args.get(name, ""))[:60] for name in ("subject_id", "person", "since", "until")}
    found = entries(
        subject_id=asked["subject_id"],
        person_ids=_people_called(asked["person"]),
        since=_midnight(asked["since"]),
        until=_midnight(asked["until"], days_later=1),
    )
    page = page_of(found)
    return render_template("accounts/audit_trail.html", page=page, lines=_lines(page.rows), asked=asked)


def _people_called(text: str) -> list[int] | None:
    if not text:
        return None
    return list(db.session.scalars(people(text=text).with_only_columns(Person.id).limit(MOST_PEOPLE)))


def _midnight(typed: str, *, days_later: int = 0) -> datetime | None:
    """The beginning of the day on the reader's wall; what is no day narrows nothing."""
    try:
        return instant_of(date.fromisoformat(typed) + timedelta(days=days_later), time(), g.actor.zone)
    except (ValueError, OverflowError):
        return None


def _lines(rows: Sequence[AuditEntry]) -> list[Line]:
    authors = _names_of({entry.person_id for entry in rows if entry.person_id})
    names = current_app.extensions["subject_names"]({(entry.subject, entry.subject_id) for entry in rows})
    return [_line(entry, authors, names) for entry in rows]


def _line(entry: AuditEntry, authors: Mapping[int, str], names: Mapping[Key, str]) -> Line:
    who = authors.get(entry.person_id, f"Person {entry.person_id}") if entry.person_id else "The service"
    plain = f"{entry.subject.capitalize()} {entry.subject_id}".strip()
    named = names.get((entry.subject, entry.subject_id), plain)
    asked_for = [str(value) for name, value in entry.details.items() if name in {"case", "code", "slug"}]
    return Line(entry, who, in_words(entry.action), " · ".join([named, *asked_for]))


def _names_of(ids: set[int]) -> dict[int, str]:
    found = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    return {person.id: person.name for person in found}
