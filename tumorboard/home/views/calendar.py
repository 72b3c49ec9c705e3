"""The calendar: a month, a week or a list, in the reader's own time zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, render_template
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.feeds.queries import behind
from tumorboard.home.domain import Span
from tumorboard.home.queries import Entry, days_of_rest, entries, series_on_offer
from tumorboard.home.views import asked as ask
from tumorboard.home.views.blueprint import blueprint
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import session
from tumorboard.kernel.web import requires
from tumorboard.series.domain import Site

Rests = Mapping[date, Sequence[str]]


@dataclass(frozen=True)
class Day:
    """One day of the page."""

    date: date
    is_out: bool
    is_today: bool
    rests: Sequence[str]
    entries: Sequence[Entry]

    @property
    def is_empty(self) -> bool:
        """Whether a phone leaves the day out."""
        return self.is_out or not (self.rests or self.entries)


@blueprint.get("/calendar")
@requires(Permission.CALENDAR_SEE)
def calendar() -> ResponseReturnValue:
    """All that meets, and the days on which nothing does."""
    now = utc_now()
    today = local(now, g.actor.zone).date()
    rows = session().execute(series_on_offer(g.actor))
    offers = [(slug, name, kind, site) for slug, name, kind, site in rows]
    asked = ask.asked_for(today=today, offers=offers)
    first, last = asked.span.first, asked.span.last
    found = entries(g.actor, first=first, last=last, mine=asked.mine, now=now)
    shown = [entry for entry in found if asked.shows(entry)]
    rests = days_of_rest(g.actor, first=first, last=last)
    return render_template(
        f"home/calendar_{asked.span.layout}.html",
        asked=asked,
        span=asked.span,
        weeks=[[_day(day, asked.span, today, shown, rests) for day in week] for week in asked.span.weeks],
        zone=g.actor.zone,
        way=ask.way(asked, today),
        layouts=ask.layouts(asked),
        whose=ask.whose(asked),
        kinds=ask.kinds(asked, found),
        series=ask.series(asked, found, offers),
        all_url=asked.url(whose=None, kind=None, series=None),
        count=len(shown),
        sites=_sites(shown, rests),
        behind=behind(g.actor.person_id, g.actor.zone, now=now),
    )


def _day(day: date, span: Span, today: date, shown: Sequence[Entry], rests: Rests) -> Day:
    on_day = [entry for entry in shown if entry.wall.date() == day]
    return Day(day, not span.first <= day <= span.last, day == today, rests.get(day, ()), on_day)


def _sites(shown: Sequence[Entry], rests: Rests) -> list[tuple[str, str]]:
    """What the colours mean, as far as they occur."""
    present = {entry.meeting.series.site for entry in shown}
    legend = [(site.label, f"s-{site.value}") for site in Site if site in present]
    return [*legend, ("Holiday or closure", "s-closure")] if rests else legend
