"""A rhythm as pages write it."""

from datetime import date, time, timedelta
from typing import Protocol

from tumorboard.kernel.clock import instant_of
from tumorboard.kernel.web.formats import span, zone_name
from tumorboard.series.domain import days_in_words
from tumorboard.series.views.blueprint import blueprint


class Rhythmic(Protocol):
    """A series, or the draft of one."""

    @property
    def rule(self) -> str: ...

    @property
    def starts(self) -> time: ...

    @property
    def length_minutes(self) -> int: ...

    @property
    def time_zone(self) -> str: ...

    @property
    def first_on(self) -> date: ...


@blueprint.app_template_filter("rhythm")
def rhythm(series: Rhythmic) -> str:
    """`Every Tuesday, 7:00–8:00 AM Eastern`."""
    zone = series.time_zone
    begins = instant_of(series.first_on, series.starts, zone)
    ends = begins + timedelta(minutes=series.length_minutes)
    days = days_in_words(series.rule, first_on=series.first_on)
    return f"{days}, {span(begins, ends, zone)} {zone_name(zone)}"
