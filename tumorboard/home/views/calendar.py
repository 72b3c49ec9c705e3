"""The calendar: a month, a week or a list, in the reader's own time zone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.home.domain import Layout, Span, span_asked_for
from tumorboard.home.queries import Entry, days_of_rest, entries
from tumorboard.home.views.blueprint import blueprint
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.web import requires
from tumorboard.series.domain import SeriesKind, Site

Choice = tuple[str, str, bool]  # label, address, whether it is the present one


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


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    span: Span
    mine: bool
    kind: SeriesKind | None

    def url(self, **changes: str | None) -> str:
        """The address of the same page with something else chosen; what is usual is left out of it."""
        wanted: dict[str, str | None] = {
            "view": self.span.layout.value,
            "day": self.span.day.isoformat(),
            "whose": "mine" if self.mine else None,
            "kind": self.kind.value if self.kind else None,
            **changes,
        }
        wanted["view"] = None if wanted["view"] == Layout.MONTH else wanted["view"]
        chosen: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        return url_for("home.calendar", **chosen)


@blueprint.get("/calendar")
@requires(Permission.CALENDAR_SEE)
def calendar() -> ResponseReturnValue:
    """All that meets, and the days on which nothing does."""
    now = utc_now()
    today = local(now, g.actor.zone).date()
    asked = _asked(today)
    first, last = asked.span.first, asked.span.last
    found = entries(g.actor, first=first, last=last, mine=asked.mine, now=now)
    shown = [entry for entry in found if asked.kind in (None, entry.kind)]
    rests = days_of_rest(g.actor, first=first, last=last)
    return render_template(
        f"home/calendar_{asked.span.layout}.html",
        span=asked.span,
        weeks=[[_day(day, asked.span, today, shown, rests) for day in week] for week in asked.span.weeks],
        zone=g.actor.zone,
        way=_way(asked, today),
        layouts=_layouts(asked),
        whose=_whose(asked),
        kinds=_kinds(asked, found),
        is_narrowed=asked.mine or asked.kind is not None,
        all_url=asked.url(whose=None, kind=None),
        count=len(shown),
        sites=_sites(shown, rests),
    )


def _asked(today: date) -> Asked:
    kind = request.args.get("kind", "")
    return Asked(
        span=span_asked_for(request.args.get("view", ""), request.args.get("day", ""), today=today),
        mine=request.args.get("whose") == "mine",
        kind=SeriesKind(kind) if kind in set(SeriesKind) else None,
    )


def _day(day: date, span: Span, today: date, shown: Sequence[Entry], rests: Mapping[date, Sequence[str]]) -> Day:
    on_day = [entry for entry in shown if entry.wall.date() == day]
    return Day(day, not span.first <= day <= span.last, day == today, rests.get(day, ()), on_day)


def _way(asked: Asked, today: date) -> list[Choice]:
    """Back, to today, and on."""
    before, after = asked.span.previous, asked.span.following
    return [
        (before.title, asked.url(day=before.first.isoformat()), False),
        ("Today", asked.url(day=None), asked.span.first <= today <= asked.span.last),
        (after.title, asked.url(day=after.first.isoformat()), False),
    ]


def _layouts(asked: Asked) -> list[Choice]:
    return [(one.value.capitalize(), asked.url(view=one.value), one is asked.span.layout) for one in Layout]


def _whose(asked: Asked) -> list[Choice]:
    return [
        ("All meetings", asked.url(whose=None), not asked.mine),
        ("Mine", asked.url(whose="mine"), asked.mine),
    ]


def _kinds(asked: Asked, found: Sequence[Entry]) -> list[tuple[str, int, str, bool]]:
    """The kinds that the page has, each with its count."""
    counts = Counter(entry.kind for entry in found)
    offered = [kind for kind in SeriesKind if counts[kind] or kind is asked.kind]
    everything = ("All kinds", len(found), asked.url(kind=None), asked.kind is None)
    return [
        everything,
        *((kind.label, counts[kind], asked.url(kind=kind), kind is asked.kind) for kind in offered),
    ]


def _sites(shown: Sequence[Entry], rests: Mapping[date, Sequence[str]]) -> list[tuple[str, str]]:
    """What the colours mean, as far as they occur."""
    present = {entry.meeting.series.site for entry in shown}
    legend = [(site.label, f"s-{site.value}") for site in Site if site in present]
    return [*legend, ("Holiday or closure", "s-closure")] if rests else legend
