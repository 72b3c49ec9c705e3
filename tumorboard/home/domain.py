"""What a calendar page shows at once: a month, a week, or a month as a list."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_WEEK = timedelta(days=7)
# A calendar of the alliance is asked for the years around now; anything else is a mistyped address.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_grid = calendar.Calendar(firstweekday=calendar.SUNDAY)


class Layout(StrEnum):
    """How the days stand on the page."""

    MONTH = "month"
    WEEK = "week"
    LIST = "list"


@dataclass(frozen=True)
class Span:
    """The days of one page, around the day asked for."""

    layout: Layout
    day: date

    @property
    def weeks(self) -> list[list[date]]:
        """Rows of seven days from Sunday on; a month's first and last row reach into its neighbours."""
        if self.layout is Layout.WEEK:
            return [[self.first + timedelta(days=number) for number in range(7)]]
        return _grid.monthdatescalendar(self.day.year, self.day.month)

    @property
    def first(self) -> date:
        """The first day whose meetings are shown."""
        if self.layout is Layout.WEEK:
            return self.day - timedelta(days=(self.day.weekday() + 1) % 7)
        return self.day.replace(day=1)

    @property
    def last(self) -> date:
        """The last day whose meetings are shown."""
        if self.layout is Layout.WEEK:
            return self.first + timedelta(days=6)
        return self.day.replace(day=calendar.monthrange(self.day.year, self.day.month)[1])

    @property
    def title(self) -> str:
        """`December 2026`, `December 6–12, 2026`, `Nov 29 – Dec 5, 2026`."""
        first, last = self.first, self.last
        if self.layout is not Layout.WEEK:
            return f"{first:%B %Y}"
        if first.month == last.month:
            return f"{first:%B} {first.day}–{last.day}, {last.year}"
        year = "" if first.year == last.year else f", {first.year}"
        return f"{first:%b} {first.day}{year} – {last:%b} {last.day}, {last.year}"

    @property
    def previous(self) -> "Span":
        """The span before this one."""
        return Span(self.layout, self.first - (_WEEK if self.layout is Layout.WEEK else timedelta(days=1)))

    @property
    def following(self) -> "Span":
        """The span after this one."""
        return Span(self.layout, self.last + timedelta(days=1))


def span_asked_for(layout: str, day: str, *, today: date) -> Span:
    """Return the span of an address; what cannot be read falls back to this month."""
    chosen = Layout(layout) if layout in set(Layout) else Layout.MONTH
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return Span(chosen, today)
    return Span(chosen, found if _FIRST_YEAR <= found.year <= _LAST_YEAR else today)
