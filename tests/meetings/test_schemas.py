"""What is typed about one meeting."""

from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from tumorboard.meetings.schemas import CancellationSchema, MoveSchema, TalkSchema

MOVE = {"day": "2026-12-09", "starts": "15:00", "length_minutes": "45"}


def test_move_knows_its_instants_on_the_wall_of_the_series():
    move = MoveSchema().load(MOVE)

    assert move.starts_at("America/New_York") == datetime(2026, 12, 9, 20, tzinfo=UTC)
    assert move.ends_at("America/New_York") == datetime(2026, 12, 9, 20, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"video_url": "ftp://x.example"}, "video_url"),
        ({"reason": "x" * 301}, "reason"),
        ({"day": "soon"}, "day"),
    ],
)
def test_answer_that_breaks_a_rule_is_marked_at_its_field(typed, field):
    with pytest.raises(ValidationError) as refusal:
        MoveSchema().load({**MOVE, **typed})

    assert list(refusal.value.normalized_messages()) == [field]


def test_cancellation_needs_a_reason():
    with pytest.raises(ValidationError):
        CancellationSchema().load({"reason": "  "})


def test_empty_talk_takes_the_talk_back():
    assert set(TalkSchema().load({}).values()) == {""}
