"""What is typed about a series becomes a draft, or an error at its field."""

from datetime import date, time

import pytest
from marshmallow import ValidationError

from tumorboard.accounts.domain import Specialty
from tumorboard.series.schemas import ClosureSchema, PolicySchema, SeriesSchema

TYPED = {
    "name": "Thoracic tumor board",
    "short_name": "Thoracic",
    "slug": "thoracic",
    "kind": "tumor_board",
    "site": "thoracic",
    "host_id": "1",
    "repeats": "weekly",
    "weekdays": ["TU"],
    "first_on": "2026-01-06",
    "starts": "07:00",
    "length_minutes": "60",
    "time_zone": "America/New_York",
    "holiday_rule": "cancel",
}
CLOSED = {
    "name": "Snow storm",
    "institution_id": "0",
    "cause": "weather",
    "effect": "cancel",
    "starts_on": "2026-12-08",
    "ends_on": "2026-12-09",
}


def errors_of(schema, typed):
    with pytest.raises(ValidationError) as refusal:
        schema.load(typed)
    return sorted(refusal.value.normalized_messages())


def test_friendly_choices_become_a_draft_with_its_rule():
    edit = SeriesSchema().load({**TYPED, "version": "3"})

    assert (edit.version, edit.draft.rule, edit.draft.starts) == (3, "FREQ=WEEKLY;BYDAY=TU", time(7))
    assert (edit.draft.capacity_minutes, edit.draft.last_on) == (60, None)


def test_teaching_has_no_time_for_cases():
    assert SeriesSchema().load({**TYPED, "kind": "lecture"}).draft.capacity_minutes == 0


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"repeats": "monthly"}, "nths"),
        ({"repeats": "custom", "rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),
        ({"slug": "new"}, "slug"),
        ({"slug": "Thoracic board"}, "slug"),
        ({"video_url": "http://video.example.org/1"}, "video_url"),
        ({"video_url": "javascript:alert(1)"}, "video_url"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"last_on": "2026-01-05"}, "last_on"),
        ({"first_on": "1066-10-14"}, "first_on"),
        ({"capacity_minutes": "61"}, "capacity_minutes"),
        ({"capacity_minutes": "30", "reserve_minutes": "31"}, "reserve_minutes"),
        ({"length_minutes": "1441"}, "length_minutes"),
        ({"name": "x" * 121}, "name"),
        ({"id": "7"}, "id"),
    ],
)
def test_answer_that_breaks_a_rule_is_marked_at_its_field(typed, field):
    assert errors_of(SeriesSchema(), {**TYPED, **typed}) == [field]


def test_goals_left_empty_are_specialties_that_are_not_needed():
    typed = {"effective_on": "2026-12-15", "cut_off_days": "3", "cut_off_at": "12:00"}

    draft = PolicySchema().load({**typed, "goal_surgery": "90", "goal_radiology": ""})

    assert (draft.effective_on, draft.goals) == (date(2026, 12, 15), {Specialty.SURGERY: 90})


def test_closure_of_the_whole_alliance_names_no_institution():
    assert ClosureSchema().load(CLOSED).institution_id is None


@pytest.mark.parametrize("ends_on", ["2026-12-07", "2028-01-01"])
def test_closure_is_in_order_and_no_longer_than_a_year(ends_on):
    assert errors_of(ClosureSchema(), {**CLOSED, "ends_on": ends_on}) == ["ends_on"]
