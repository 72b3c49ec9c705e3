"""What an address of the calendar asks for, and the addresses of the same page with something else chosen."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for

from tumorboard.home.domain import Layout, Span, span_asked_for
from tumorboard.home.queries import Entry
from tumorboard.series.domain import SeriesKind, Site

Choice = tuple[str, str, bool]  # label, address, whether it is the present one
Offer = tuple[str, str, SeriesKind, Site]  # slug, short name, kind and site of a series


@dataclass(frozen=True)
class SeriesChoice:
    """A series that the page can be narrowed to; `without_url` is the page without it."""

    slug: str
    name: str
    site: Site
    is_board: bool
    count: int
    is_chosen: bool
    without_url: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for; no series means all of them."""

    span: Span
    mine: bool = False
    kind: SeriesKind | None = None
    series: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether less is asked for than everything."""
        return self.mine or self.kind is not None or bool(self.series)

    def shows(self, entry: Entry, *, any_kind: bool = False, any_series: bool = False) -> bool:
        """Whether the entry is of a kind and a series that were chosen."""
        of_kind = any_kind or self.kind in (None, entry.kind)
        return of_kind and (any_series or not self.series or entry.meeting.series.slug in self.series)

    def choices(self, **changes: Any) -> dict[str, Any]:
        """The query of the same page with something else chosen; what is usual is left out of it."""
        wanted: dict[str, Any] = {
            "view": self.span.layout.value,
            "day": self.span.day.isoformat(),
            "whose": "mine" if self.mine else None,
            "kind": self.kind.value if self.kind else None,
            "series": list(self.series),
            **changes,
        }
        wanted["view"] = None if wanted["view"] == Layout.MONTH else wanted["view"]
        return {name: value for name, value in wanted.items() if value}

    def url(self, **changes: Any) -> str:
        """The address of the same page with something else chosen."""
        return url_for("home.calendar", **self.choices(**changes))


def asked_for(*, today: date, offers: Sequence[Offer]) -> Asked:
    """Read the address; what is not offered counts as not chosen."""
    kind, slugs = request.args.get("kind", ""), request.args.getlist("series")
    return Asked(
        span=span_asked_for(request.args.get("view", ""), request.args.get("day", ""), today=today),
        mine=request.args.get("whose") == "mine",
        kind=SeriesKind(kind) if kind in set(SeriesKind) else None,
        series=tuple(slug for slug, *_ in offers if slug in slugs),
    )


def way(asked: Asked, today: date) -> list[Choice]:
    """Back, to today, and on."""
    before, after = asked.span.previous, asked.span.following
    return [
        (before.title, asked.url(day=before.first.isoformat()), False),
        ("Today", asked.url(day=None), asked.span.first <= today <= asked.span.last),
        (after.title, asked.url(day=after.first.isoformat()), False),
    ]


def layouts(asked: Asked) -> list[Choice]:
    """Month, week and list."""
    return [(one.value.capitalize(), asked.url(view=one.value), one is asked.span.layout) for one in Layout]


def whose(asked: Asked) -> list[Choice]:
    """Everybody's meetings or one's own."""
    return [
        ("All meetings", asked.url(whose=None), not asked.mine),
        ("Mine", asked.url(whose="mine"), asked.mine),
    ]


def kinds(asked: Asked, found: Sequence[Entry]) -> list[tuple[str, int, str, bool]]:
    """The kinds that the page has, each with its count among the chosen series."""
    counts = Counter(entry.kind for entry in found if asked.shows(entry, any_kind=True))
    offered = [kind for kind in SeriesKind if counts[kind] or kind is asked.kind]
    everything = ("All kinds", counts.total(), asked.url(kind=None), asked.kind is None)
    return [
        everything,
        *((kind.label, counts[kind], asked.url(kind=kind.value), kind is asked.kind) for kind in offered),
    ]


def series(asked: Asked, found: Sequence[Entry], offers: Sequence[Offer]) -> list[SeriesChoice]:
    """All series, each with its count among the chosen kind."""
    counts = Counter(entry.meeting.series.slug for entry in found if asked.shows(entry, any_series=True))
    return [
        SeriesChoice(
            slug, name, site, kind.is_board, counts[slug], slug in asked.series, asked.url(series=_without(asked, slug))
        )
        for slug, name, kind, site in offers
    ]


def _without(asked: Asked, slug: str) -> Collection[str]:
    return [one for one in asked.series if one != slug]
