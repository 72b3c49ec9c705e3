"""Days and times as templates write them."""

from flask import Flask

from tumorboard.kernel.clock import (
    clock,
    day,
    duration,
    iso,
    long_day,
    long_when,
    span,
    stamp,
    until,
    when,
    when_there,
    zone_name,
)

__all__ = [
    "clock",
    "day",
    "duration",
    "install_formats",
    "iso",
    "long_day",
    "long_when",
    "span",
    "stamp",
    "until",
    "when",
    "when_there",
    "zone_name",
]


def install_formats(app: Flask) -> None:
    """Give templates the filters of this module."""
    for function in (day, long_day, clock, when, long_when, when_there, span, stamp, zone_name, duration, until, iso):
        app.jinja_env.filters[function.__name__] = function
