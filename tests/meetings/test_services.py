"""Meetings are made, follow their series, are moved and cancelled; whoever must know is told."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import NOW, a_meeting, a_person, a_series, an_institution, as_actor, seat, stored
from tumorboard.accounts.domain import Part
from tumorboard.audit.models import AuditEntry
from tumorboard.feeds.services import tell_unaware
from tumorboard.kernel.clock import local
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import (
    NEW_RHYTHM,
    MeetingCancelled,
    MeetingInThePast,
    MeetingOver,
    MeetingPlanned,
    MeetingState,
)
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services import (
    apply_closure,
    cancel_meeting,
    close_days,
    follow_series,
    make_meetings,
    move_meeting,
    reinstate_meeting,
    reopen_days,
    set_talk,
)
from tumorboard.notices.models import Notice
from tumorboard.series.domain import ClosureCause, ClosureEffect, HolidayRule, SeatPart, SeriesKind, Site
from tumorboard.series.models import Closure
from tumorboard.series.services import ClosureDraft

HOUR = timedelta(hours=1)
TO = datetime(2026, 12, 9, 20, tzinfo=UTC)
TALK = {
    "title": "Sentinel nodes",
    "abstract": "",
    "speaker_name": "Dr. Ada Lind",
    "speaker_affiliation": "MSK",
}


def made(series, now=NOW):
    with transaction():
        make_meetings(series, now=now)
    return meetings_of(series)


def followed(series, **changes):
    with transaction():
        for name, value in changes.items():
            setattr(series, name, value)
        follow_series(series, now=NOW)
    return {meeting.occurs_on: meeting for meeting in meetings_of(series)}


def meetings_of(series):
    return db.session.scalars(
        sa.select(Meeting).where(Meeting.series_id == series.id).order_by(Meeting.occurs_on)
    ).all()


def an_administrator():
    return as_actor(a_person(Part.ADMINISTRATOR))


def told():
    """What the people were told who have no calendar of ours to learn it from."""
    with transaction():
        while tell_unaware(now=NOW):
            pass
    return [(notice.kind, notice.person_id, notice.facts) for notice in db.session.scalars(sa.select(Notice))]


def done(service, subject, **values):
    by = an_administrator()
    with transaction():
        return service(subject, **{"by": by, "now": NOW, **values})


def moved(meeting, to=TO, **overrides):
    values = {"to_start": to, "to_end": to + HOUR, "room": "Room 2", "reason": "The room is taken."}
    done(move_meeting, meeting, **{**values, **overrides})


def cancelled(meeting):
    done(cancel_meeting, meeting, reason="The chair is ill.")


def a_closure(**overrides):
    values = {
        "name": "Snow storm",
        "cause": ClosureCause.WEATHER,
        "effect": ClosureEffect.CANCEL,
        "starts_on": date(2026, 12, 7),
        "ends_on": date(2026, 12, 9),
    }
    return done(close_days, ClosureDraft(**{**values, **overrides}))


def test_meetings_are_made_out_to_the_horizon(app):
    series = a_series(room="Center B", video_url="https://video.example/1")

    meetings = made(series)

    assert [meeting.occurs_on for meeting in meetings[:2]] == [date(2026, 12, 8), date(2026, 12, 15)]
    assert meetings[-1].occurs_on == date(2027, 6, 1)
    assert meetings[0].starts_at == datetime(2026, 12, 8, 12, tzinfo=UTC)
    assert meetings[0].ends_at - meetings[0].starts_at == HOUR
    assert (meetings[0].room, meetings[0].video_url) == ("Center B", "https://video.example/1")
    assert all(meeting.uid.endswith("@tumorboard") for meeting in meetings)


def test_meetings_made_twice_are_the_same_rows(app):
    series = a_series()
    first = [(one.id, one.uid, one.sequence, one.version) for one in made(series)]

    again = [(one.id, one.uid, one.sequence, one.version) for one in made(series)]

    assert again == first


def test_horizon_moves_on_with_the_days(app):
    series = a_series()
    count = len(made(series))

    later = made(series, now=NOW + timedelta(weeks=1))

    assert len(later) == count + 1


def test_wall_time_stays_across_the_clock_change(app):
    meetings = made(a_series())

    walls = {local(meeting.starts_at, "America/New_York").time() for meeting in meetings}

    assert walls == {time(7, 0)}
    assert {meeting.starts_at.hour for meeting in meetings} == {11, 12}


def test_holiday_cancels_with_its_name(app):
    by_day = {one.occurs_on: one for one in made(a_series(rule="FREQ=WEEKLY;BYDAY=FR"))}

    christmas = by_day[date(2026, 12, 25)]

    assert (christmas.state, christmas.reason) == (MeetingState.CANCELLED, "Christmas Day")


def test_holiday_moves_to_the_next_workday_where_the_series_says_so(app):
    series = a_series(rule="FREQ=WEEKLY;BYDAY=FR", holiday_rule=HolidayRule.NEXT_WORKDAY)
    by_day = {one.occurs_on: one for one in made(series)}

    christmas = by_day[date(2026, 12, 25)]

    assert christmas.starts_at == datetime(2026, 12, 28, 12, tzinfo=UTC)
    assert christmas.moved_from_at == datetime(2026, 12, 25, 12, tzinfo=UTC)


def test_closure_of_the_host_cancels_what_is_made_later(app):
    series = a_series()
    a_closure(institution_id=series.host_id)

    assert made(series)[0].reason == "Snow storm"


def test_closure_of_another_institution_touches_nothing(app):
    series = a_series()
    a_closure(institution_id=an_institution().id)

    assert made(series)[0].state is MeetingState.PLANNED


def test_new_time_moves_meetings_to_come(app):
    series = a_series()
    made(series)

    meeting = followed(series, starts=time(8, 0))[date(2026, 12, 8)]

    assert meeting.starts_at == datetime(2026, 12, 8, 13, tzinfo=UTC)
    assert (meeting.sequence, meeting.revised_at) == (1, NOW)


def test_new_day_cancels_the_old_days_and_makes_new_ones(app):
    series = a_series()
    made(series)

    meetings = followed(series, rule="FREQ=WEEKLY;BYDAY=WE")

    gone, new = meetings[date(2026, 12, 8)], meetings[date(2026, 12, 9)]
    assert (gone.state, gone.reason, gone.sequence) == (MeetingState.CANCELLED, NEW_RHYTHM, 1)
    assert (new.state, new.sequence) == (MeetingState.PLANNED, 0)


def test_day_that_comes_back_into_the_rhythm_is_reinstated(app):
    series = a_series()
    made(series)
    followed(series, rule="FREQ=WEEKLY;BYDAY=WE")

    meeting = followed(series, rule="FREQ=WEEKLY;BYDAY=TU")[date(2026, 12, 8)]

    assert (meeting.state, meeting.reason, meeting.sequence) == (MeetingState.PLANNED, "", 2)


def test_following_an_unchanged_series_changes_nothing(app):
    series = a_series()
    before = [(one.id, one.sequence, one.version) for one in made(series)]

    after = followed(series).values()

    assert [(one.id, one.sequence, one.version) for one in after] == before
    assert told() == []


def test_edited_meeting_is_kept_when_the_rhythm_changes(app):
    series = a_series()
    edited = made(series)[0]
    moved(edited)

    meeting = followed(series, rule="FREQ=WEEKLY;BYDAY=WE", room="Center C")[date(2026, 12, 8)]

    assert (meeting.starts_at, meeting.room, meeting.state) == (TO, "Room 2", MeetingState.PLANNED)


def test_meeting_that_has_begun_is_never_changed(app):
    series = a_series()
    begun = a_meeting(series, occurs_on=date(2026, 12, 1), starts_at=NOW, ends_at=NOW + HOUR)

    followed(series, rule="FREQ=WEEKLY;BYDAY=WE")

    assert (begun.state, begun.sequence) == (MeetingState.PLANNED, 0)


def test_meeting_is_not_moved_into_the_past(app):
    series = a_series(starts=time(17, 0))
    today = made(series)[0]

    followed(series, starts=time(7, 0))

    assert (today.occurs_on, today.starts_at.hour, today.sequence) == (date(2026, 12, 1), 22, 0)


def test_talk_keeps_its_time_but_follows_the_link(app):
    series = a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION, policies=[])
    lecture = made(series)[0]
    done(set_talk, lecture, **TALK)

    meeting = followed(series, rule="FREQ=WEEKLY;BYDAY=WE", video_url="https://video.example/2")[date(2026, 12, 8)]
    kept = followed(series, rule="FREQ=WEEKLY;BYDAY=TU", starts=time(9, 0), room="Hall")[date(2026, 12, 8)]

    assert (meeting.state, kept.starts_at.hour, kept.room) == (MeetingState.PLANNED, 12, "Hall")


def test_roster_is_told_once_of_a_new_rhythm(app):
    series = a_series()
    chair, observer = a_person(), a_person()
    seat(series, chair, SeatPart.CHAIR)
    seat(series, chair, SeatPart.CORE_MEMBER)
    seat(series, observer, SeatPart.OBSERVER)
    count = len(made(series))

    followed(series, starts=time(8, 0))

    [(kind, person_id, facts)] = told()
    assert (kind, person_id) == ("meeting_moved", chair.id)
    assert facts["was"] == "Tuesday, December 8, 2026, 7:00 AM Eastern"
    assert facts["will_be"] == "Tuesday, December 8, 2026, 8:00 AM Eastern"
    assert facts["more"] == count - 1


def test_moved_meeting_remembers_where_it_was(app):
    meeting = a_meeting(a_series())

    moved(meeting)

    assert (meeting.starts_at, meeting.room, meeting.reason) == (TO, "Room 2", "The room is taken.")
    assert meeting.moved_from_at == datetime(2026, 12, 8, 12, tzinfo=UTC)
    assert (meeting.sequence, meeting.revised_at, meeting.is_edited) == (1, NOW, True)


def test_meeting_moved_back_was_never_moved(app):
    meeting = a_meeting(a_series())
    original = meeting.starts_at
    moved(meeting)

    moved(meeting, original)

    assert (meeting.moved_from_at, meeting.sequence) == (None, 2)


def test_reason_told_stays_when_a_later_change_gives_none(app):
    meeting = a_meeting(a_series())
    moved(meeting)

    moved(meeting, room="Room 3", reason="")

    assert (meeting.room, meeting.reason) == ("Room 3", "The room is taken.")


def test_meeting_of_another_length_has_its_minutes_for_cases_and_gets_them_back(app):
    board = a_series(length_minutes=60, capacity_minutes=50, reserve_minutes=15)
    meeting = a_meeting(board)

    held = []
    for minutes in (40, 10, 60, 90):
        moved(meeting, to_end=TO + timedelta(minutes=minutes))
        held.append((meeting.capacity_minutes, meeting.reserve_minutes))

    assert held == [(40, 15), (10, 10), (50, 15), (80, 15)]


def test_lecture_that_is_longer_takes_no_cases(app):
    meeting = a_meeting(a_series(length_minutes=60, capacity_minutes=0, reserve_minutes=0))

    moved(meeting, to_end=TO + timedelta(minutes=90))

    assert meeting.capacity_minutes == 0


@pytest.mark.parametrize(
    ("overrides", "error"),
    [({"to": NOW}, MeetingInThePast), ({"now": NOW + timedelta(days=30)}, MeetingOver)],
)
def test_meeting_is_not_moved_into_or_out_of_the_past(app, overrides, error):
    meeting = a_meeting(a_series())

    with pytest.raises(error):
        moved(meeting, **overrides)


def test_move_tells_the_roster_times_and_nothing_that_was_typed(app):
    series = a_series()
    seat(series, a_person(), SeatPart.COORDINATOR)
    meeting = a_meeting(series)

    moved(meeting)

    [(kind, _, facts)] = told()
    assert kind == "meeting_moved"
    assert facts == {
        "board": "Thoracic tumor board",
        "was": "Tuesday, December 8, 2026, 7:00 AM Eastern",
        "will_be": "Wednesday, December 9, 2026, 3:00 PM Eastern",
        "more": 0,
        "path": f"/meetings/{meeting.id}",
    }


def test_cancelled_meeting_keeps_its_reason_and_is_audited(app):
    meeting = a_meeting(a_series())

    cancelled(meeting)

    assert (meeting.state, meeting.reason, meeting.sequence) == (
        MeetingState.CANCELLED,
        "The chair is ill.",
        1,
    )
    assert [entry.action for entry in db.session.scalars(sa.select(AuditEntry))] == ["meeting.cancelled"]


def test_meeting_cannot_be_cancelled_twice_nor_moved_while_cancelled(app):
    meeting = a_meeting(a_series())
    cancelled(meeting)

    with pytest.raises(MeetingCancelled):
        cancelled(meeting)
    with pytest.raises(MeetingCancelled):
        moved(meeting)


def test_reinstated_meeting_takes_place_after_all(app):
    meeting = a_meeting(a_series())
    cancelled(meeting)

    done(reinstate_meeting, meeting)

    assert (meeting.state, meeting.reason, meeting.sequence) == (MeetingState.PLANNED, "", 2)


def test_meeting_that_takes_place_cannot_be_reinstated(app):
    meeting = a_meeting(a_series())

    with pytest.raises(MeetingPlanned):
        done(reinstate_meeting, meeting)


def test_closure_cancels_what_takes_place_on_its_days(app):
    touched = a_meeting(a_series())
    later = a_meeting(touched.series, occurs_on=date(2026, 12, 15))

    closure = a_closure()

    assert (touched.state, touched.reason, touched.closure_id) == (
        MeetingState.CANCELLED,
        "Snow storm",
        closure.id,
    )
    assert later.state is MeetingState.PLANNED


def test_closure_counts_the_days_of_the_series_own_zone(app):
    los_angeles = a_series(time_zone="America/Los_Angeles", starts=time(18, 0))
    evening = a_meeting(los_angeles)  # December 9 in UTC

    a_closure(starts_on=date(2026, 12, 9), ends_on=date(2026, 12, 9))

    assert evening.state is MeetingState.PLANNED


def test_closure_moves_to_the_next_workday_where_it_says_so(app):
    meeting = a_meeting(a_series())

    a_closure(effect=ClosureEffect.NEXT_WORKDAY, ends_on=date(2026, 12, 10))

    assert meeting.starts_at == datetime(2026, 12, 11, 12, tzinfo=UTC)
    assert meeting.moved_from_at == datetime(2026, 12, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize("effect", list(ClosureEffect))
@pytest.mark.parametrize("is_edited", [False, True])
def test_reopening_undoes_what_the_closure_did(app, effect, is_edited):
    series = a_series()
    meeting = a_meeting(series, is_edited=is_edited)
    closure = a_closure(effect=effect)

    done(reopen_days, closure)
    db.session.expire_all()

    assert (meeting.state, meeting.reason, meeting.closure_id) == (MeetingState.PLANNED, "", None)
    assert meeting.starts_at == datetime(2026, 12, 8, 12, tzinfo=UTC)
    assert meeting.sequence == 2


def test_reopening_leaves_what_somebody_decided_since(app):
    meeting = a_meeting(a_series())
    closure = a_closure()
    done(reinstate_meeting, meeting)
    cancelled(meeting)

    done(reopen_days, closure)

    assert (meeting.state, meeting.reason) == (MeetingState.CANCELLED, "The chair is ill.")


def test_closure_applied_again_changes_nothing_more(app):
    meeting = a_meeting(a_series())
    closure = a_closure()

    done(apply_closure, closure, to=[meeting.id])

    assert meeting.sequence == 1


def test_closure_of_the_alliance_tells_each_board(app):
    boards = [a_series(), a_series()]
    for board in boards:
        seat(board, a_person(), SeatPart.CHAIR)
        a_meeting(board)

    a_closure()

    assert [kind for kind, _, _ in told()] == ["meeting_cancelled", "meeting_cancelled"]


def test_lifted_closure_stores_no_dangling_mark(app):
    meeting = a_meeting(a_series(), starts_at=NOW - HOUR, ends_at=NOW)
    closure = stored(
        Closure(
            name="Flood",
            cause=ClosureCause.OTHER,
            effect=ClosureEffect.CANCEL,
            starts_on=date(2026, 12, 1),
            ends_on=date(2026, 12, 1),
        )
    )
    with transaction():
        meeting.closure_id = closure.id

    done(reopen_days, closure)
    db.session.expire_all()

    assert (meeting.closure_id, meeting.sequence) == (None, 0)


def test_talk_raises_the_sequence_once(app):
    meeting = a_meeting(a_series(kind=SeriesKind.LECTURE, policies=[]))

    for _ in range(2):
        done(set_talk, meeting, **TALK)

    assert (meeting.talk_title, meeting.sequence) == ("Sentinel nodes", 1)
