"""What the pages of availability do, whoever opens them: for oneself, or for somebody whom one plans with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from flask import Flask, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from tumorboard.accounts.calendar import Reading, busy_times, refusal
from tumorboard.accounts.domain import WEEKDAYS, Actor, CalendarRefused, Presented, Span
from tumorboard.accounts.models import Absence, BusyTime, Person
from tumorboard.accounts.queries import absences_of, busy_times_of, hours_of, row_of
from tumorboard.accounts.schemas import AbsenceSchema, CalendarSchema, WeekSchema
from tumorboard.accounts.services import add_absence, remove_absence, set_busy_times, set_weekly_hours
from tumorboard.kernel.clock import clock, day, local, span, utc_now, when
from tumorboard.kernel.db import db, reading, transaction
from tumorboard.kernel.errors import NotFound
from tumorboard.kernel.ui import FormView, form_view
from tumorboard.kernel.web import Submission, see_other, submission, wants_json

MOST_TIMES_SHOWN = 40
MIDNIGHT = time.min

PeoplePlannedBy = Callable[[Actor], Select[Person]]
PresentedBy = Callable[..., Sequence[Presented]]


def install_people_planned(app: Flask, people_planned_by: PeoplePlannedBy) -> None:
    """Tell whose availability an actor may enter: rosters and cases stand above this package."""
    app.extensions["people_planned_by"] = people_planned_by


def install_presented(app: Flask, presented_by: PresentedBy) -> None:
    """Tell which published cases somebody presents: agendas stand above this package."""
    app.extensions["presented_by"] = presented_by


@dataclass(frozen=True)
class Desk:
    """Whose availability is on the page, and where its forms go."""

    person: Person
    is_own: bool

    @property
    def zone(self) -> str:
        """The zone in which the person's days and hours are read."""
        return self.person.institution.time_zone

    def url(self, act: str, **values: Any) -> str:
        """The address of an act on this person: `own_hours`, or `hours_of` with the person's number."""
        if self.is_own:
            return url_for(f"accounts.own_{act}", **values)
        return url_for(f"accounts.{act}_of", person_id=self.person.id, **values)


def own_desk() -> Desk:
    """The signed-in person's own."""
    return Desk(db.session.get_one(Person, g.actor.person_id), is_own=True)


def desk_of(person_id: int) -> Desk:
    """Somebody else's. Raises NotFound when there is no such person among those whom the actor plans with."""
    planned: PeoplePlannedBy = current_app.extensions["people_planned_by"]
    person = db.session.scalars(planned(g.actor).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise NotFound("There is no such person on your boards.")
    return Desk(person, is_own=False)


def note_absence(desk: Desk) -> ResponseReturnValue:
    """Note days away."""
    form = submission(AbsenceSchema())
    if form.refused:
        return desk_page(desk, absence=form), 422
    with transaction():
        add_absence(desk.person, **form.value, by=g.actor, now=utc_now())
    presented = _presented(desk, form.value["starts_on"], form.value["ends_on"])
    if not presented:
        return _done(desk, "away", "The days away were noted. Nothing new is planned into them.")
    return _done(desk, "away", _still_published(presented), "warning")


def take_absence_back(desk: Desk, absence_id: int) -> ResponseReturnValue:
    """Remove days away."""
    absence = row_of(Absence, absence_id, person_id=desk.person.id)
    with transaction():
        remove_absence(absence, by=g.actor, now=utc_now())
    return _done(desk, "away", "The days away were removed.")


def set_hours(desk: Desk) -> ResponseReturnValue:
    """Replace the weekly hours."""
    form = submission(WeekSchema())
    if form.refused:
        return desk_page(desk, week=form), 422
    with transaction():
        set_weekly_hours(desk.person, form.value, by=g.actor, now=utc_now())
    return _done(desk, "hours", "The weekly hours were saved.")


def take_calendar(desk: Desk) -> ResponseReturnValue:
    """Replace the busy times by those of a calendar file."""
    with reading():
        zone = desk.zone
    try:
        taken = _read_file(zone)  # up to a second: no transaction is open
    except CalendarRefused as error:
        if wants_json():
            raise
        return desk_page(desk, calendar=Submission(errors=error.fields)), 422
    with transaction():
        set_busy_times(desk.person, taken.spans, by=g.actor, now=utc_now())
    return _done(desk, "busy", _taken(taken), "warning" if taken.left_out or not taken.spans else "message")


def forget_calendar(desk: Desk) -> ResponseReturnValue:
    """Remove all busy times."""
    with transaction():
        set_busy_times(desk.person, (), by=g.actor, now=utc_now())
    return _done(desk, "busy", "All busy times were removed.")


def desk_page(
    desk: Desk,
    *,
    absence: Submission | None = None,
    week: Submission | None = None,
    calendar: Submission | None = None,
) -> str:
    """The page, with the form that was refused as it was typed."""
    now, person_id = utc_now(), desk.person.id
    today = local(now, desk.zone).date()
    busy = db.session.scalars(busy_times_of(person_id, since=now)).all()
    forms = {
        "absence": _view(AbsenceSchema(), absence),
        "week": _view(WeekSchema(), week or Submission(typed=_stored_week(person_id))),
        "calendar": _view(CalendarSchema(), calendar),
    }
    return render_template(
        "accounts/availability.html",
        desk=desk,
        absences=db.session.scalars(absences_of(person_id, since=today)).all(),
        forms=forms,
        refused=next((form for form in forms.values() if form.invalid), None),
        days=[(name, *_of_day(forms["week"], name)) for name in WEEKDAYS],
        busy=[_words((one.starts_at, one.ends_at), desk.zone) for one in busy[:MOST_TIMES_SHOWN]],
        busy_count=len(busy),
        busy_days=_first_and_last(busy, desk.zone),
    )


def _presented(desk: Desk, first: date, last: date) -> Sequence[Presented]:
    presented_by: PresentedBy = current_app.extensions["presented_by"]
    with reading():
        coming = presented_by(desk.person.id, seen_by=g.actor, now=utc_now())
        return [one for one in coming if first <= local(one.starts_at, desk.zone).date() <= last]


def _still_published(presented: Sequence[Presented]) -> str:
    named = ", ".join(f"{one.code} on {when(one.starts_at, one.zone)}" for one in presented)
    return (
        f"The days away were noted. Nothing new is planned into them. Already published: {named}. "
        "It is planned again within a minute, and the coordinator, who sees this too, decides; until then it stands."
    )


def _read_file(zone: str) -> Reading:
    file = request.files.get("calendar")
    if file is None or not file.filename:
        raise refusal("Choose a calendar file.")
    file.stream.seek(0)  # a repeated try reads it once more
    return busy_times(file.stream.read(), zone=zone, now=utc_now())


def _done(desk: Desk, place: str, sentence: str, tone: str = "message") -> ResponseReturnValue:
    flash(sentence, tone)
    return see_other(desk.url("availability") + f"#{place}")


def _taken(taken: Reading) -> str:
    count = len(taken.spans)
    told = f"{count} busy time{' was' if count == 1 else 's were'} taken from the calendar."
    if not count:
        told = "The calendar has no busy times in the coming 26 weeks."
    if taken.left_out:
        told += f" {taken.left_out} of its entries could not be understood and were left out."
    return told


def _view(schema: Any, form: Submission | None) -> FormView:
    shown = form or Submission()
    return form_view(schema, shown.typed, shown.errors)


def _of_day(week: FormView, name: str) -> Iterable[Any]:
    return [week[f"{name[:3].lower()}_{part}"] for part in ("from", "until", "never")]


def _stored_week(person_id: int) -> dict[str, object]:
    values: dict[str, object] = {}
    for row in db.session.scalars(hours_of(person_id)):
        key = WEEKDAYS[row.weekday][:3].lower()
        values |= {f"{key}_from": row.joins_from, f"{key}_until": row.joins_until, f"{key}_never": row.never or None}
    return values


def _first_and_last(busy: Sequence[BusyTime], zone: str) -> list[str]:
    ends = (busy[0].starts_at, busy[-1].ends_at - timedelta.resolution) if busy else ()
    return [day(local(at, zone)) for at in ends]


def _words(times: Span, zone: str) -> str:
    """`Tue, Dec 8, 7:00–8:00 AM`, `Tue, Dec 8, all day`, or from one day to another."""
    first, last = (local(at, zone) for at in times)
    if first.time() == last.time() == MIDNIGHT:
        until = (last - timedelta(days=1)).date()
        return f"{day(first)}, all day" if until == first.date() else f"{day(first)} to {day(until)}, all day"
    if first.date() == last.date():
        return f"{day(first)}, {span(*times, zone)}"
    return f"{day(first)}, {clock(first)} to {day(last)}, {clock(last)}"
