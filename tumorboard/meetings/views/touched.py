"""The meetings that closed days touch: what was typed about each, and how they are shown to be decided."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from marshmallow import ValidationError

from tumorboard.kernel.clock import local, when_there
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.ui import FormView, form_view
from tumorboard.kernel.web import messages_of
from tumorboard.meetings.domain import Decision
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import Effect, meetings_numbered
from tumorboard.meetings.schemas import AnswerSchema
from tumorboard.meetings.views.blueprint import cases_held
from tumorboard.series.domain import ClosureEffect
from tumorboard.series.services import ClosureDraft

APART = "meeting-"
_NUMBER = re.compile(r"meeting-([1-9][0-9]{0,8})-version", re.ASCII)
Typed = Mapping[int, Mapping[str, str]]
Errors = Mapping[str, Any]


@dataclass(frozen=True)
class Touched:
    """One meeting on the page: what may become of it, and what has become of it since somebody looked."""

    effect: Effect
    form: FormView
    case_count: int
    news: str

    @property
    def meeting(self) -> Meeting:
        """The meeting."""
        return self.effect.meeting


def typed_rows() -> Typed:
    """What was sent about each meeting, by its number; nothing where nobody has looked yet."""
    numbers = [int(found[1]) for name in request.form if (found := _NUMBER.fullmatch(name))]
    names = AnswerSchema().fields
    return {number: {name: request.form.get(f"{APART}{number}-{name}", "") for name in names} for number in numbers}


def has_looked() -> bool:
    """Whether the form comes from a page that showed the meetings, be they none."""
    return f"{APART}seen" in request.form


def read_decisions(typed: Typed) -> tuple[dict[int, Decision], dict[str, dict[str, Any]]]:
    """What was decided by meeting, and what cannot be read of it by meeting and field."""
    decisions: dict[int, Decision] = {}
    errors: dict[str, dict[str, Any]] = {}
    zones = {one.id: one.time_zone for one in _meetings(typed)}
    for number, row in typed.items():
        try:
            answer = AnswerSchema().load(row)
            to = answer.moves_to(zones.get(number, "UTC"))
            decisions[number] = Decision(answer.version, answer.effect, to, answer.video_url)
        except ValidationError as error:
            errors[str(number)] = messages_of(error)
        except Invalid as error:
            errors[str(number)] = dict(error.fields)
    return decisions, errors


def touched(effects: Sequence[Effect], draft: ClosureDraft, *, typed: Typed, errors: Errors) -> list[Touched]:
    """The meetings as they stand now, with what was typed about them."""
    counts = cases_held([one.meeting.id for one in effects])
    rows = []
    for effect in effects:
        number = effect.meeting.id
        values = {**_usual(effect, draft), **typed.get(number, {}), "version": effect.meeting.version}
        form = form_view(AnswerSchema(), values, errors.get(str(number), {}), prefix=f"{APART}{number}-")
        news = _news(effect.meeting, typed) if has_looked() else ""
        rows.append(Touched(effect, _named(form, effect.meeting), counts.get(number, 0), news))
    return rows


def gone(effects: Sequence[Effect], typed: Typed) -> Sequence[Meeting]:
    """The meetings that were shown before and that the closed days touch no longer."""
    return _meetings(set(typed) - {one.meeting.id for one in effects})


def summary(rows: Sequence[Touched]) -> list[tuple[str, str]]:
    """What is to mend, for the head of the page."""
    return [(name, f"{row.meeting.series.short_name}, {said}") for row in rows for name, said in row.form.errors]


def _usual(effect: Effect, draft: ClosureDraft) -> dict[str, Any]:
    """The closure's general effect, the offered time, and the closure's own link."""
    chosen = draft.effect
    if chosen is ClosureEffect.NEXT_WORKDAY and effect.offered_at is None:
        chosen = ClosureEffect.CANCEL
    to = local(effect.offered_at or effect.meeting.starts_at, effect.meeting.time_zone)
    day = to.date() if effect.offered_at else None
    return {"effect": chosen, "day": day, "starts": to.time(), "video_url": draft.video_url}


def _news(meeting: Meeting, typed: Typed) -> str:
    if meeting.id not in typed:
        return "New on these days since you looked"
    if typed[meeting.id]["version"] == str(meeting.version):
        return ""
    return f"Changed since you looked: it is planned for {when_there(meeting.starts_at, meeting.time_zone)}"


def _named(form: FormView, meeting: Meeting) -> FormView:
    """Each choice says aloud which meeting it is about."""
    label = f"What happens to {meeting.series.name}, {when_there(meeting.starts_at, meeting.time_zone)}"
    return replace(form, fields={**form.fields, "effect": replace(form["effect"], label=label)})


def _meetings(numbers: Iterable[int]) -> Sequence[Meeting]:
    return session().scalars(meetings_numbered(numbers)).all()
