"""Days are closed in one act: each meeting on them is cancelled, moved or held by video, as somebody decided."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import NOW, a_meeting, a_person, a_series, as_actor, seat
from tumorboard.accounts.domain import Part
from tumorboard.audit.models import AuditEntry
from tumorboard.feeds.services import tell_unaware
from tumorboard.kernel.clock import local
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import BY_VIDEO, ClosureOutdated, ClosureRefused, Decision, MeetingState
from tumorboard.meetings.models import HeldBack, MeetingChange
from tumorboard.meetings.services import (
    close_days,
    follow_series,
    make_meetings,
    move_meeting,
    reopen_days,
)
from tumorboard.notices.models import Notice
from tumorboard.series.domain import ClosureCause, ClosureEffect, HolidayRule, SeatPart
from tumorboard.series.models import Closure
from tumorboard.series.services import ClosureDraft

LINK = "https://video.example.org/chest"
TUESDAY = date(2026, 12, 8)
WEDNESDAY_MORNING = datetime(2026, 12, 9, 12, tzinfo=UTC)
CANCEL, MOVE, VIDEO = ClosureEffect.CANCEL, ClosureEffect.NEXT_WORKDAY, ClosureEffect.VIDEO_ONLY


def a_draft(**overrides):
    values = {"name": "Snow storm", "cause": ClosureCause.WEATHER, "effect": CANCEL}
    return ClosureDraft(**{**values, "starts_on": TUESDAY, "ends_on": TUESDAY, **overrides})


def an_administrator():
    return as_actor(a_person(Part.ADMINISTRATOR))


def decided(meeting, effect, to=None, link=""):
    return {meeting.id: Decision(meeting.version, effect, to, link)}


def closed(decisions=None, **overrides):
    by = an_administrator()
    with transaction():
        return close_days(a_draft(**overrides), by=by, now=NOW, decisions=decisions)


def reopened(closure):
    by = an_administrator()
    with transaction():
        reopen_days(closure, by=by, now=NOW)
    db.session.expire_all()


def nothing_was_done(meeting):
    db.session.expire_all()
    closures, notices = (
        db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Closure, MeetingChange)
    )
    return (closures, notices, meeting.sequence, meeting.state) == (0, 0, 0, MeetingState.PLANNED)


def test_three_boards_go_three_ways_in_one_act_and_each_roster_is_told_once(app):
    boards = [a_series(video_url=LINK) for _ in range(3)]
    chairs = [a_person() for _ in boards]
    for board, chair in zip(boards, chairs, strict=True):
        seat(board, chair, SeatPart.CHAIR)
        seat(board, chair, SeatPart.CORE_MEMBER)
    off, later, remote = (a_meeting(board, room="Center B") for board in boards)

    closed(decided(off, CANCEL) | decided(later, MOVE, WEDNESDAY_MORNING) | decided(remote, VIDEO))

    assert (off.state, off.reason, off.sequence) == (MeetingState.CANCELLED, "Snow storm", 1)
    assert (later.starts_at, later.room, later.sequence) == (WEDNESDAY_MORNING, "Center B", 1)
    assert later.moved_from_at == datetime(2026, 12, 8, 12, tzinfo=UTC)
    assert (remote.state, remote.room, remote.video_url, remote.sequence) == (MeetingState.PLANNED, BY_VIDEO, LINK, 1)
    with transaction():
        while tell_unaware(now=NOW):
            pass
    told = [(notice.person_id, notice.kind) for notice in db.session.scalars(sa.select(Notice))]
    kinds = ["meeting_cancelled", "meeting_moved", "meeting_place"]
    assert sorted(told) == sorted(zip((chair.id for chair in chairs), kinds, strict=True))
    applied = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "closure.applied")).one()
    assert applied.details == {"count": 3, "cancel": 1, "next_workday": 1, "video_only": 1}


def test_meeting_that_somebody_moved_since_is_shown_again_instead_of_closed(app):
    meeting = a_meeting(a_series())
    decisions = decided(meeting, CANCEL)
    with transaction():
        meeting.room = "Room 2"

    with pytest.raises(ClosureOutdated):
        closed(decisions)

    assert nothing_was_done(meeting)


def test_meeting_that_came_onto_the_days_since_is_shown_first(app):
    seen = a_meeting(a_series())
    decisions = decided(seen, CANCEL)
    new = a_meeting(a_series())

    with pytest.raises(ClosureOutdated):
        closed(decisions)

    assert nothing_was_done(seen)
    assert nothing_was_done(new)


def test_meeting_that_left_the_days_since_is_shown_first(app):
    meeting = a_meeting(a_series())
    decisions = decided(meeting, CANCEL)
    by = an_administrator()
    with transaction():
        to = WEDNESDAY_MORNING
        move_meeting(meeting, to_start=to, to_end=to + timedelta(hours=1), room="", reason="", by=by, now=NOW)

    with pytest.raises(ClosureOutdated):
        closed(decisions)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        (None, "Choose a day."),
        (NOW - timedelta(days=1), "Choose a time to come."),
        (datetime(2026, 12, 8, 20, tzinfo=UTC), "The series does not meet on Tue, Dec 8: Snow storm."),
        (
            datetime(2026, 12, 15, 20, tzinfo=UTC),
            "Another meeting of the series is on Tue, Dec 15. Choose another day.",
        ),
        (datetime(2026, 12, 25, 12, tzinfo=UTC), "The series does not meet on Fri, Dec 25: Christmas Day."),
    ],
)
def test_move_that_lands_badly_is_refused_with_its_reason(app, to, sentence):
    meeting = a_meeting(a_series())
    a_meeting(meeting.series, weeks=2)

    with pytest.raises(ClosureRefused) as refused:
        closed(decided(meeting, MOVE, to))

    assert refused.value.fields == {str(meeting.id): {"day": [sentence]}}
    assert nothing_was_done(meeting)


def test_move_onto_a_day_that_another_closure_takes_is_refused(app):
    meeting = a_meeting(a_series())
    closed(starts_on=date(2026, 12, 9), ends_on=date(2026, 12, 9), name="Flood")

    with pytest.raises(ClosureRefused) as refused:
        closed(decided(meeting, MOVE, WEDNESDAY_MORNING))

    assert refused.value.fields[str(meeting.id)]["day"] == ["The series does not meet on Wed, Dec 9: Flood."]


def test_series_that_meets_on_holidays_may_move_onto_one(app):
    meeting = a_meeting(a_series(holiday_rule=HolidayRule.MEET))
    christmas = datetime(2026, 12, 25, 12, tzinfo=UTC)

    closed(decided(meeting, MOVE, christmas))

    assert meeting.starts_at == christmas


def test_two_meetings_of_a_series_are_not_moved_onto_one_day(app):
    series = a_series(rule="FREQ=WEEKLY;BYDAY=MO,TU")
    monday, tuesday = a_meeting(series, occurs_on=date(2026, 12, 7)), a_meeting(series)
    both = decided(monday, MOVE, WEDNESDAY_MORNING) | decided(tuesday, MOVE, WEDNESDAY_MORNING + timedelta(hours=2))

    with pytest.raises(ClosureRefused) as refused:
        closed(both, starts_on=date(2026, 12, 7))

    assert set(refused.value.fields) == {str(monday.id), str(tuesday.id)}


def test_next_workday_passes_over_days_on_which_the_series_meets_already(app):
    series = a_series(rule="FREQ=WEEKLY;BYDAY=MO,TU,WE")
    monday, tuesday = a_meeting(series, occurs_on=date(2026, 12, 7)), a_meeting(series)
    a_meeting(series, occurs_on=date(2026, 12, 9))

    closed(effect=MOVE, starts_on=date(2026, 12, 7))

    assert [local(one.starts_at, "America/New_York").day for one in (monday, tuesday)] == [10, 11]


def test_move_over_the_clock_change_keeps_the_wall_time(app):
    friday = date(2027, 3, 12)
    meeting = a_meeting(a_series(rule="FREQ=WEEKLY;BYDAY=FR"), occurs_on=friday)

    closed(effect=MOVE, starts_on=friday, ends_on=friday)

    assert meeting.starts_at == datetime(2027, 3, 15, 11, tzinfo=UTC)
    assert local(meeting.starts_at, "America/New_York").time() == time(7)


def test_meeting_without_any_link_is_by_video_only_with_one_typed_for_it(app):
    meeting = a_meeting(a_series())

    with pytest.raises(ClosureRefused) as refused:
        closed(decided(meeting, VIDEO))
    closed(decided(meeting, VIDEO, link=LINK))

    assert set(refused.value.fields[str(meeting.id)]) == {"video_url"}
    assert (meeting.room, meeting.video_url) == (BY_VIDEO, LINK)


def test_own_link_is_kept_where_another_was_typed_for_the_closure(app):
    meeting = a_meeting(a_series(video_url=LINK), video_url="https://video.example.org/own")

    closed(effect=VIDEO, video_url="https://video.example.org/all")

    assert meeting.video_url == "https://video.example.org/own"


@pytest.mark.parametrize(
    ("of_series", "of_closure", "expected"),
    [
        (LINK, "", (MeetingState.PLANNED, BY_VIDEO, LINK)),
        ("", LINK, (MeetingState.PLANNED, BY_VIDEO, LINK)),
        ("", "", (MeetingState.CANCELLED, "Center B", "")),
    ],
)
def test_meeting_made_later_follows_the_general_effect(app, of_series, of_closure, expected):
    series = a_series(room="Center B", video_url=of_series)
    closed(effect=VIDEO, video_url=of_closure)

    with transaction():
        first, *_ = make_meetings(series, now=NOW)

    assert (first.state, first.room, first.video_url) == expected
    assert first.reason == "Snow storm"


@pytest.mark.parametrize("general", [CANCEL, VIDEO])
def test_what_was_decided_stays_when_the_series_changes_its_room(app, general):
    series = a_series(room="Center B", video_url=LINK)
    meeting = a_meeting(series)
    closed(decided(meeting, VIDEO), effect=general)

    with transaction():
        series.room = "Center C"
        follow_series(series, now=NOW)

    assert (meeting.state, meeting.room, meeting.sequence) == (MeetingState.PLANNED, BY_VIDEO, 1)


@pytest.mark.parametrize("choice", [CANCEL, MOVE, VIDEO])
@pytest.mark.parametrize("general", [CANCEL, MOVE, VIDEO])
def test_opening_again_undoes_every_choice_and_the_meeting_follows_its_series_once_more(app, choice, general):
    series = a_series(room="Center B", video_url=LINK)
    meeting = a_meeting(series, room="Center B", video_url=LINK)
    closure = closed(decided(meeting, choice, WEDNESDAY_MORNING), effect=general)

    reopened(closure)

    assert (meeting.state, meeting.room, meeting.video_url) == (MeetingState.PLANNED, "Center B", LINK)
    assert (meeting.starts_at, meeting.moved_from_at) == (datetime(2026, 12, 8, 12, tzinfo=UTC), None)
    assert (meeting.is_edited, meeting.closure_id, meeting.reason, meeting.sequence) == (False, None, "", 2)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(HeldBack)) == 0


@pytest.mark.parametrize("choice", [CANCEL, MOVE, VIDEO])
def test_opening_again_brings_back_what_somebody_had_edited_before(app, choice):
    monday = datetime(2026, 12, 7, 20, tzinfo=UTC)
    edited = {"room": "Room 2", "video_url": LINK, "reason": "No room.", "is_edited": True, "moved_from_at": monday}
    meeting = a_meeting(a_series(room="Center B"), **edited)
    closure = closed(decided(meeting, choice, WEDNESDAY_MORNING))

    reopened(closure)

    assert {name: getattr(meeting, name) for name in edited} == edited
    assert (meeting.state, meeting.starts_at) == (MeetingState.PLANNED, datetime(2026, 12, 8, 12, tzinfo=UTC))


def test_opening_again_leaves_a_meeting_by_video_that_somebody_moved_since(app):
    meeting = a_meeting(a_series(video_url=LINK))
    closure = closed(decided(meeting, VIDEO))
    by, to = an_administrator(), WEDNESDAY_MORNING
    with transaction():
        move_meeting(meeting, to_start=to, to_end=to + timedelta(hours=1), room="Room 2", reason="", by=by, now=NOW)

    reopened(closure)

    assert (meeting.starts_at, meeting.room, meeting.held_back) == (WEDNESDAY_MORNING, "Room 2", None)


def test_opening_again_leaves_a_meeting_to_another_closure_of_its_day(app):
    monday = datetime(2026, 12, 7, 20, tzinfo=UTC)
    edited, usual = a_meeting(a_series(), is_edited=True, moved_from_at=monday), a_meeting(a_series())
    storm = closed()
    ice = closed(name="Ice")

    reopened(storm)

    assert [(one.state, one.reason, one.closure_id) for one in (edited, usual)] == [
        (MeetingState.CANCELLED, "Ice", ice.id),
        (MeetingState.CANCELLED, "Ice", ice.id),
    ]
    reopened(ice)
    assert [one.state for one in (edited, usual)] == [MeetingState.PLANNED, MeetingState.PLANNED]
    assert edited.moved_from_at == monday


def test_closing_again_what_is_by_video_already_changes_nothing_more(app):
    meeting = a_meeting(a_series(video_url=LINK))
    closed(effect=VIDEO)

    closed(effect=VIDEO, name="Ice")

    assert (meeting.sequence, meeting.reason) == (1, "Ice")
