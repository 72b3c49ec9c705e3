"""The days of a calendar page."""

from datetime import date

import pytest

from tumorboard.home.domain import Layout, Span, span_asked_for

TODAY = date(2026, 12, 8)


@pytest.mark.parametrize("day", ["", "garbage", "9999-12-31", "0001-01-01", "2026-02-30", "-1", "2026-12", "١٢"])
def test_day_that_cannot_be_shown_falls_back_to_today(day):
    assert span_asked_for("month", day, today=TODAY) == Span(Layout.MONTH, TODAY)


@pytest.mark.parametrize("layout", ["", "year", "MONTH", "week\n"])
def test_unknown_layout_falls_back_to_the_month(layout):
    assert span_asked_for(layout, "2027-01-05", today=TODAY) == Span(Layout.MONTH, date(2027, 1, 5))


def test_month_begins_its_weeks_on_sunday_and_fills_them_from_its_neighbours():
    weeks = Span(Layout.MONTH, TODAY).weeks

    assert (weeks[0][0], weeks[-1][-1], len(weeks)) == (date(2026, 11, 29), date(2027, 1, 2), 5)


@pytest.mark.parametrize("day", [date(2026, 12, 6), date(2026, 12, 9), date(2026, 12, 12)])
def test_week_runs_from_sunday_to_saturday(day):
    span = Span(Layout.WEEK, day)

    assert (span.first, span.last) == (date(2026, 12, 6), date(2026, 12, 12))


@pytest.mark.parametrize(
    ("span", "title"),
    [
        (Span(Layout.MONTH, TODAY), "December 2026"),
        (Span(Layout.LIST, TODAY), "December 2026"),
        (Span(Layout.WEEK, TODAY), "December 6–12, 2026"),
        (Span(Layout.WEEK, date(2026, 12, 1)), "Nov 29 – Dec 5, 2026"),
        (Span(Layout.WEEK, date(2026, 12, 31)), "Dec 27, 2026 – Jan 2, 2027"),
    ],
)
def test_title_names_the_days(span, title):
    assert span.title == title


@pytest.mark.parametrize("layout", list(Layout))
def test_way_back_and_on_leads_through_every_day_once(layout):
    span = Span(layout, date(2026, 12, 31))

    assert span.following.previous.first == span.first
    assert (span.following.first - span.last).days == 1
    assert (span.first - span.previous.last).days == 1
