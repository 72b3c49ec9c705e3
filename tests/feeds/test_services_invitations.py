"""Who is invited by mail to what, when something is sent again, and what a feed then leaves out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from tests.factories import NOW, a_person, a_series, an_accepted_case, as_actor, seat, stored
from tests.feeds.makers import a_dated_meeting, an_agenda, seen
from tests.feeds.makers_invitations import (
    a_member_of,
    a_reply_mail,
    a_round,
    an_invited_person,
    calendars,
    chosen,
    invitation_of,
    line_of,
    mails,
    settle_outbox,
    write,
)
from tumorboard.accounts.domain import Part
from tumorboard.accounts.services import deactivate
from tumorboard.audit.models import AuditEntry
from tumorboard.feeds import jobs
from tumorboard.feeds.calendar import receive
from tumorboard.feeds.domain import Feed, maker
from tumorboard.feeds.domain.invitations import Answer, Delivery, InvitationState, NoReply, Written
from tumorboard.feeds.models import Follow, MeetingInvitation
from tumorboard.feeds.queries import delivery_of, standing_of
from tumorboard.feeds.queries.invitations import all_wanted, meetings_wanted_by
from tumorboard.feeds.services import people_due, send_to
from tumorboard.feeds.services.invitations import MOST_AT_ONCE
from tumorboard.kernel.db import db, reading, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services import cancel_meeting, move_meeting, reinstate_meeting
from tumorboard.notices.domain import NoticeKind, NoticeState
from tumorboard.notices.models import Notice
from tumorboard.series.domain import SeatPart, SeriesKind, Site
from tumorboard.series.models import Seat

INVITED = InvitationState.INVITED


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(app):
    return as_actor(a_person(Part.ADMINISTRATOR))


def invited_to(meeting_id):
    """Those in whose calendar the meeting stands by an invitation."""
    return sa.select(MeetingInvitation.person_id).where(
        MeetingInvitation.meeting_id == meeting_id, MeetingInvitation.state == InvitationState.INVITED
    )


def lectures(**overrides):
    return a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION, name="Lectures", **overrides)


def by_sql(meeting, **values):
    db.session.rollback()
    with transaction():
        db.session.execute(sa.update(Meeting).where(Meeting.id == meeting.id).values(**values))


def moved(meeting, *, by, days=1, room="Conference room 4", now=NOW):
    with transaction():
        move_meeting(
            meeting,
            to_start=meeting.starts_at + timedelta(days=days),
            to_end=meeting.ends_at + timedelta(days=days),
            room=room,
            reason="",
            by=by,
            now=now,
        )


def cancelled(meeting, *, by):
    with transaction():
        cancel_meeting(meeting, reason="Snow", by=by, now=NOW)


def feed_of(person):
    return Feed(key=f"person/{person.id}", name="Mine", zone="UTC", home="https://tb.example.org", person_id=person.id)


def test_nobody_is_invited_who_did_not_choose_it(app):
    board = a_series()
    person = a_member_of(board)
    a_dated_meeting(board)

    a_round()

    assert mails() == []
    assert delivery_of(person.id) is Delivery.FEED


@pytest.mark.parametrize("delivery", [Delivery.INVITATIONS, Delivery.BOTH])
def test_board_followed_series_and_presented_case_are_invited_to_once(app, delivery):
    person, board, followed, other = a_person(Part.MEMBER_PHYSICIAN), a_series(), lectures(), a_series()
    seat(board, person, SeatPart.OBSERVER)
    stored(Follow(person_id=person.id, series_id=followed.id))
    stored(Follow(person_id=person.id, series_id=other.id))  # a board is not followed
    sat, lecture = a_dated_meeting(board), a_dated_meeting(followed)
    presented, listed = a_dated_meeting(other), a_dated_meeting(other, NOW + timedelta(days=14))
    an_agenda(presented, an_accepted_case(other, submitter=person))
    an_agenda(listed, an_accepted_case(other, submitter=person), is_published=False)
    chosen(person, delivery)

    a_round()
    a_round()

    held = db.session.scalars(sa.select(MeetingInvitation).order_by(MeetingInvitation.meeting_id)).all()
    assert [one.meeting_id for one in held] == [sat.id, lecture.id, presented.id]
    assert mails() == [(person.email, "REQUEST", "0")] * 3
    assert {one.state for one in held} == {INVITED}


def test_question_for_everybody_is_the_question_for_each(app):
    people = [chosen(a_person()) for _ in range(3)]
    board, followed = a_series(), lectures()
    seat(board, people[0], SeatPart.CHAIR)
    stored(Follow(person_id=people[1].id, series_id=followed.id))
    for series in (board, followed):
        for week in range(-1, 8):
            a_dated_meeting(series, NOW + timedelta(weeks=week, hours=3))
    late = a_dated_meeting(board, NOW + timedelta(days=1, hours=4))
    an_agenda(late, an_accepted_case(board, submitter=people[1], backup_id=people[2].id))

    together = {(person, meeting) for person, meeting, _ in db.session.execute(all_wanted(now=NOW))}

    each = {(one.id, meeting) for one in people for meeting in db.session.scalars(meetings_wanted_by(one.id, now=NOW))}
    assert together == each
    assert len(each) == 11


def test_meetings_are_invited_to_four_weeks_ahead_and_the_others_as_they_come_near(app):
    board = a_series()
    person = chosen(a_member_of(board))
    for week in range(10):
        a_dated_meeting(board, NOW + timedelta(weeks=week, days=1))

    a_round()
    first = len(mails())
    a_round(NOW + timedelta(weeks=1))

    assert (first, len(mails())) == (4, 5)
    assert {to for to, *_ in mails()} == {person.email}


def test_no_batch_is_larger_than_the_limit_and_all_is_sent_in_the_end(app):
    board = a_series()
    person = chosen(a_member_of(board))
    for hour in range(MOST_AT_ONCE + 3):
        a_dated_meeting(
            board, NOW + timedelta(days=hour % 20 + 1, hours=hour // 20), occurs_on=(NOW + timedelta(days=hour)).date()
        )

    with transaction():
        more = send_to(person.id, write, now=NOW)
    first = len(mails())
    turns = a_round()

    assert (more, first) == (True, MOST_AT_ONCE)
    assert (turns, len(mails())) == ([person.id], MOST_AT_ONCE + 3)


@pytest.mark.parametrize("starts", [timedelta(minutes=-30), timedelta(hours=-2), timedelta(0)])
def test_meeting_that_began_or_is_over_invites_nobody(app, starts):
    person, _ = an_invited_person(starts_at=NOW + starts)

    assert a_round() == []
    assert mails() == []
    assert person.active


def test_move_is_sent_with_a_higher_sequence_the_same_uid_and_a_new_stamp(app, admin):
    person, meeting = an_invited_person()
    a_round()

    moved(meeting, by=admin, now=NOW + timedelta(minutes=5))
    a_round(NOW + timedelta(minutes=6))

    first, second = calendars()
    assert [line_of(one, "SEQUENCE") for one in (first, second)] == ["0", "1"]
    assert line_of(first, "UID") == line_of(second, "UID") == meeting.uid
    assert line_of(first, "DTSTAMP") < line_of(second, "DTSTAMP") == "20261201T150600Z"
    assert line_of(second, "DTSTART") == "20261209T100000"
    assert person.email in line_of(second, "ATTENDEE")


CHANGES = {
    "time": ({"starts_at": NOW + timedelta(days=6), "sequence": 1}, True),
    "end": ({"ends_at": NOW + timedelta(days=7, hours=2), "sequence": 1}, True),
    "place": ({"room": "Auditorium", "sequence": 1}, True),
    "link": ({"video_url": "https://video.example.org/new", "sequence": 1}, True),
    "title": ({"talk_title": "ctDNA", "sequence": 1}, True),
    "notes": ({"reason": "Fire drill", "revised_at": NOW}, False),
    "capacity": ({"capacity_minutes": 5}, False),
    "abstract": ({"talk_abstract": "Long", "sequence": 1}, False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_an_invitation_says_is_sent_again_when_it_changes_and_nothing_else_is(app, change):
    series = lectures()
    person = a_person()
    stored(Follow(person_id=person.id, series_id=series.id))
    meeting = a_dated_meeting(series)
    chosen(person)
    a_round()
    values, is_sent = CHANGES[change]

    by_sql(meeting, **values)
    a_round()

    assert mails()[1:] == ([(person.email, "REQUEST", "1")] if is_sent else [])


def test_room_of_a_board_never_brings_its_video_link_into_a_mail(app):
    person, meeting = an_invited_person(video_url="https://video.example.org/secret")

    a_round()

    assert "video.example.org" not in calendars()[0]
    assert line_of(calendars()[0], "LOCATION") == "Conference room 4"
    assert invitation_of(person, meeting).state is INVITED


def test_agenda_published_and_cases_counted_send_nothing(app):
    person, meeting = an_invited_person()
    case = an_accepted_case(meeting.series)
    a_round()

    an_agenda(meeting, case)
    a_round()

    assert mails() == [(person.email, "REQUEST", "0")]
    assert case.code not in calendars()[0]


def test_cancellation_is_taken_out_with_a_higher_sequence_and_reinstatement_invites_again_higher(app, admin):
    person, meeting = an_invited_person()
    a_round()

    cancelled(meeting, by=admin)
    a_round()
    state = invitation_of(person, meeting).state
    with transaction():
        reinstate_meeting(meeting, by=admin, now=NOW)
    a_round()

    assert [mail[1:] for mail in mails()] == [("REQUEST", "0"), ("CANCEL", "1"), ("REQUEST", "2")]
    assert [line_of(one, "STATUS") for one in calendars()] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert line_of(calendars()[1], "SUMMARY") == "Cancelled: Thoracic tumor board"
    assert {line_of(one, "UID") for one in calendars()} == {meeting.uid}
    assert state is InvitationState.CANCELLED


def test_meeting_cancelled_before_anybody_was_invited_sends_nothing(app, admin):
    _, meeting = an_invited_person()
    cancelled(meeting, by=admin)

    assert a_round() == []


def _leaves_the_roster(person, meeting):
    with transaction():
        db.session.execute(sa.delete(Seat).where(Seat.person_id == person.id))


def _leaves_the_service(person, meeting):
    with transaction():
        deactivate(person, by=None, now=NOW)


def _chooses_feeds(person, meeting):
    chosen(person, Delivery.FEED)


@pytest.mark.parametrize("leave", [_leaves_the_roster, _leaves_the_service, _chooses_feeds])
def test_who_is_no_longer_concerned_is_sent_a_cancellation_and_others_are_not(app, leave):
    person, meeting = an_invited_person()
    other = chosen(a_member_of(meeting.series))
    a_round()

    leave(person, meeting)
    a_round()
    a_round()

    assert mails()[2:] == [(person.email, "CANCEL", "1")]
    assert line_of(calendars()[2], "SUMMARY") == "Thoracic tumor board"
    assert invitation_of(person, meeting).state is InvitationState.WITHDRAWN
    assert db.session.scalars(invited_to(meeting.id)).all() == [other.id]


def test_sequence_of_a_person_never_falls_though_others_stand_elsewhere(app, admin):
    person, meeting = an_invited_person()
    a_round()
    for delivery in (Delivery.FEED, Delivery.BOTH, Delivery.FEED, Delivery.INVITATIONS):
        chosen(person, delivery)
        a_round()
    late = chosen(a_member_of(meeting.series))
    moved(meeting, by=admin)
    a_round()

    sequences = {to: [int(sequence) for one, _, sequence in mails() if one == to] for to in (person.email, late.email)}
    assert sequences == {person.email: [0, 1, 2, 3, 4, 5], late.email: [1]}
    assert meeting.sequence == 1


def test_new_address_is_invited_and_what_is_taken_back_is_taken_back_there(app):
    person, meeting = an_invited_person()
    a_round()
    old = person.email

    with transaction():
        person.email = "new@example.org"
    a_round()
    with transaction():
        person.email = "newest@example.org"
        db.session.execute(sa.delete(Seat).where(Seat.person_id == person.id))
    a_round()

    assert mails() == [
        (old, "REQUEST", "0"),
        ("new@example.org", "REQUEST", "1"),
        ("new@example.org", "CANCEL", "2"),
    ]
    assert meeting.sequence == 0


def test_newer_mail_replaces_one_that_has_not_left_yet(app, admin):
    person, meeting = an_invited_person()
    a_round(mail_leaves=False)

    moved(meeting, by=admin)
    a_round(mail_leaves=False)

    assert mails() == [(person.email, "REQUEST", "1")]


def test_mail_that_was_given_up_leaves_the_meeting_in_the_feed_until_it_gets_through(app):
    person, meeting = an_invited_person()
    a_round(mail_leaves=False)
    before = seen(feed_of(person)).meetings
    settle_outbox(NoticeState.DEAD)

    a_round(mail_leaves=False)
    refused = (invitation_of(person, meeting).state, seen(feed_of(person)).meetings)
    with transaction():
        db.session.execute(sa.update(Notice).values(state=NoticeState.SENT))
    a_round()

    assert before == []
    assert refused == (InvitationState.UNDELIVERED, [meeting.id])
    assert (invitation_of(person, meeting).state, seen(feed_of(person)).meetings) == (INVITED, [])
    assert len(mails()) == 1


def test_meeting_stands_in_feed_or_mailbox_and_in_both_only_when_asked(app, admin):
    person, near = an_invited_person()
    far = a_dated_meeting(near.series, NOW + timedelta(weeks=6))
    feed, shown = feed_of(person), {}
    seen(feed)

    a_round()
    shown["instead"] = seen(feed).meetings
    chosen(person, Delivery.BOTH)
    a_round()
    shown["both"] = seen(feed).meetings
    chosen(person, Delivery.INVITATIONS)
    shown["instead again"] = seen(feed).meetings
    cancelled(near, by=admin)
    a_round()
    shown["cancelled"] = seen(feed).meetings
    chosen(person, Delivery.FEED)
    shown["feed"] = seen(feed).meetings

    assert shown == {
        "instead": [far.id],
        "both": [near.id, far.id],
        "instead again": [far.id],
        "cancelled": [far.id],
        "feed": [near.id, far.id],
    }


def test_feed_is_put_together_anew_after_a_choice_and_after_what_follows_from_it(app):
    person, meeting = an_invited_person()
    feed, fresh = feed_of(person), {}

    def is_fresh():
        db.session.rollback()
        return standing_of(feed.key).holds(made_by=maker(feed.home), now=NOW)

    seen(feed)
    fresh["seen"] = is_fresh()
    a_round()
    fresh["invited"] = is_fresh()
    seen(feed)
    a_round()
    fresh["nothing new"] = is_fresh()
    chosen(person, Delivery.FEED)
    fresh["chosen"] = is_fresh()

    assert fresh == {"seen": True, "invited": False, "nothing new": True, "chosen": False}
    assert meeting.id in seen(feed).meetings


def test_choice_is_audited_once_and_the_same_again_changes_nothing(app):
    person = chosen(chosen(a_person()))

    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "invitations.chosen")).all()
    assert [(one.person_id, one.details) for one in entries] == [(person.id, {"delivery": "invitations"})]


def test_what_does_not_pass_the_check_is_not_sent_and_administrators_hear_of_it_once(app, admin):
    person, meeting = an_invited_person()
    a_dated_meeting(meeting.series, NOW + timedelta(days=14))

    def spoiled(_: object) -> Written:
        return Written(trouble="SUMMARY is not escaped")

    a_round(write=spoiled)
    unsent = (mails(), invitation_of(person, meeting).state, db.session.scalars(invited_to(meeting.id)).all())
    soon = a_round(NOW + timedelta(hours=1))
    a_round(NOW + timedelta(days=1))

    told = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.INVITATION_TROUBLE)).all()
    assert [(one.person_id, one.facts["trouble"]) for one in told] == [(admin.person_id, "SUMMARY is not escaped")]
    assert unsent == ([], InvitationState.UNSENT, [])
    assert soon == []
    assert mails() == [(person.email, "REQUEST", "0")] * 2


def test_administrators_are_not_told_again_of_the_same_trouble(app, admin):
    an_invited_person()

    for day in range(3):
        a_round(NOW + timedelta(days=day), write=lambda _: Written(trouble="SUMMARY is not escaped"))

    assert db.session.scalar(sa.select(sa.func.count()).where(Notice.kind == NoticeKind.INVITATION_TROUBLE)) == 1


def test_change_that_does_not_pass_the_check_leaves_the_invitation_as_it_was(app, admin):
    person, meeting = an_invited_person()
    a_round()

    moved(meeting, by=admin)
    a_round(write=lambda _: Written(trouble="a line break"))

    held = invitation_of(person, meeting)
    assert (held.state, held.sequence, held.trouble) == (INVITED, 0, "a line break")
    assert len(mails()) == 1


def test_interrupted_round_loses_and_doubles_nothing(app):
    board = a_series()
    people = [chosen(a_member_of(board)) for _ in range(3)]
    a_dated_meeting(board)
    a_dated_meeting(board, NOW + timedelta(days=14))
    calls = []

    def dies_in_the_third(letter):
        calls.append(letter)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return write(letter)

    with pytest.raises(KeyboardInterrupt):
        a_round(write=dies_in_the_third)
    kept = len(mails())
    a_round()
    a_round()

    assert kept == 2  # the first person's whole batch; of the second's nothing
    assert sorted(mails()) == sorted((one.email, "REQUEST", "0") for one in people for _ in range(2))


def test_two_workers_side_by_side_send_nothing_twice(app):
    board = a_series()
    people = [chosen(a_member_of(board)) for _ in range(6)]
    meetings = [a_dated_meeting(board, NOW + timedelta(weeks=week)) for week in range(1, 4)]
    db.session.rollback()

    def work(_: int) -> None:
        with app.app_context():
            jobs.send_invitations()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
        settle_outbox(NoticeState.SENT)
        for meeting in meetings:
            by_sql(meeting, room="Auditorium", sequence=1)
        list(pool.map(work, range(3)))
    jobs.send_invitations()

    expected = [(one.email, "REQUEST", sequence) for one in people for sequence in "000111"]
    assert sorted(mails()) == sorted(expected)


def test_person_whose_invitations_break_stops_nobody_else(app, monkeypatch):
    board = a_series()
    broken, other = chosen(a_member_of(board)), chosen(a_member_of(board))
    a_dated_meeting(board)
    whole = send_to

    def breaks(person_id, write, *, now):
        if person_id == broken.id:
            raise ZeroDivisionError
        return whole(person_id, write, now=now)

    monkeypatch.setattr(jobs, "send_to", breaks)
    jobs.send_invitations()

    assert mails() == [(other.email, "REQUEST", "0")]


def test_looking_for_what_is_due_takes_as_many_questions_for_three_as_for_one(app, statements):
    counts = []
    for _ in range(2):
        for _ in range(2):
            an_invited_person()
        with statements() as counted, reading():
            people_due(now=NOW)
        counts.append(counted.count)
        a_round()

    assert counts[0] == counts[1] == 3


def test_answer_is_kept_and_a_later_one_replaces_it(app):
    person, meeting = an_invited_person()
    a_round()

    answers = []
    for partstat, stamp in (
        ("ACCEPTED", "20261201T140000Z"),
        ("DECLINED", "20261201T143000Z"),
        ("TENTATIVE", "20261201T141500Z"),  # given before, arrived later
    ):
        receive(a_reply_mail(meeting.uid, person.email.upper(), partstat, DTSTAMP=stamp))
        answers.append(invitation_of(person, meeting).answer)

    assert answers == [Answer.ACCEPTED, Answer.DECLINED, Answer.DECLINED]
    answered = sa.select(AuditEntry).where(AuditEntry.action == "invitation.answered")
    entries = db.session.scalars(answered.order_by(AuditEntry.sequence)).all()
    assert [one.details["answer"] for one in entries] == ["accepted", "declined"]
    assert {one.person_id for one in entries} == {None}


def test_clock_that_runs_ahead_does_not_outdo_every_later_answer(app):
    person, meeting = an_invited_person()
    a_round()

    receive(a_reply_mail(meeting.uid, person.email, "DECLINED", DTSTAMP="20990101T000000Z"))
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        receive(a_reply_mail(meeting.uid, person.email, "ACCEPTED", DTSTAMP="20261201T153000Z"))

    assert invitation_of(person, meeting).answer is Answer.ACCEPTED


def test_answer_to_an_older_sequence_is_kept_as_one_to_the_earlier_time(app, admin):
    person, meeting = an_invited_person()
    a_round()
    moved(meeting, by=admin)
    a_round()

    receive(a_reply_mail(meeting.uid, person.email, SEQUENCE="0"))
    earlier = invitation_of(person, meeting)
    shown = (earlier.answer, earlier.answered_sequence, earlier.is_answer_to_earlier_time)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        receive(a_reply_mail(meeting.uid, person.email, SEQUENCE="1", DTSTAMP="20261201T153000Z"))

    assert shown == (Answer.ACCEPTED, 0, True)
    assert not invitation_of(person, meeting).is_answer_to_earlier_time


def test_answer_is_one_to_the_earlier_time_as_soon_as_the_meeting_is_moved(app, admin):
    person, meeting = an_invited_person()
    a_round()
    receive(a_reply_mail(meeting.uid, person.email))

    moved(meeting, by=admin)

    assert invitation_of(person, meeting).is_answer_to_earlier_time


def test_answer_stays_good_when_only_the_room_changed(app, admin):
    person, meeting = an_invited_person()
    a_round()
    receive(a_reply_mail(meeting.uid, person.email))

    moved(meeting, by=admin, days=0, room="Auditorium")
    a_round()

    assert len(mails()) == 2
    assert not invitation_of(person, meeting).is_answer_to_earlier_time


def test_answer_of_somebody_who_was_not_invited_is_refused_whatever_is_unknown(app):
    person, meeting = an_invited_person()
    stranger = a_person()
    a_round()

    said = set()
    for uid, address in (
        (meeting.uid, stranger.email),
        ("no-such-meeting@tumorboard", person.email),
        (meeting.uid, "nobody@example.org"),
        (meeting.uid.upper(), person.email),
    ):
        with pytest.raises(NoReply) as refused:
            receive(a_reply_mail(uid, address))
        said.add(refused.value.message)

    assert len(said) == 1
    assert invitation_of(person, meeting).answer is None
