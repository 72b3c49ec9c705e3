"""Exactly those people are told of a change whose calendar cannot know it in time, and each of them once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import NOW, a_person, a_series, an_accepted_case, as_actor, seat, stored
from tests.feeds.makers import a_dated_meeting, an_agenda
from tests.feeds.makers_invitations import a_round, an_invited_person, chosen
from tumorboard.accounts.domain import Part
from tumorboard.agendas.services import follow_meeting
from tumorboard.cases.domain import CaseState
from tumorboard.feeds.domain import FOR_CASES, LEAD, PATIENCE, Definition, expected_by, know_by, pause_learned
from tumorboard.feeds.domain.invitations import Delivery, Written
from tumorboard.feeds.models import FeedToken, Follow
from tumorboard.feeds.queries import behind, belongs, changes_since, feed_at, reach_of, showing, unaware
from tumorboard.feeds.services import define_address, make_address, note_fetch, tell_unaware
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import ChangeKind
from tumorboard.meetings.models import Meeting, MeetingChange
from tumorboard.meetings.services import cancel_meeting, move_meeting, reinstate_meeting
from tumorboard.meetings.services.changes import note_changes
from tumorboard.meetings.services.revision import Change
from tumorboard.notices.domain import SUBJECTS, NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.notices.services import tell
from tumorboard.series.domain import SeatPart, SeriesKind, Site

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def board(app):
    return a_series()


@pytest.fixture
def meeting(board):
    return a_dated_meeting(board)


def a_member(board, part=SeatPart.CORE_MEMBER, *, polls=None, fetched=None):
    """A member of the board whose calendar comes every so often and came last at `fetched`."""
    person = a_person()
    seat(board, person, part)
    if fetched is not None:
        a_calendar(person, polls=polls, fetched=fetched)
    return person


def a_calendar(person, *, polls=QUARTER, fetched=NOW - QUARTER, **values):
    with transaction():
        token, _ = make_address(f"Phone {fetched}", by=as_actor(person), now=NOW - timedelta(days=40), **values)
        token.fetched_at, token.client = fetched, "Outlook"
        token.polls_every_seconds = int(polls.total_seconds()) if polls else None
        token.expected_by_at = expected_by(fetched, polls)
    return token


def fetch(token, *, at):
    with transaction():
        note_fetch(token.id, client="Outlook", changed_at=NOW, now=at)


def cancel(meeting, *, now=NOW):
    by = as_actor(a_person())
    with transaction():
        cancel_meeting(meeting, reason="The chair is ill.", by=by, now=now)


def move(meeting, *, by=HOUR, now=NOW, room="Room 2"):
    start, who = meeting.starts_at + by, as_actor(a_person())
    with transaction():
        move_meeting(meeting, to_start=start, to_end=start + HOUR, room=room, reason="", by=who, now=now)


def renamed_room(meeting, *, now=NOW):
    move(meeting, by=timedelta(0), now=now, room="Room 3")


def reinstate(meeting, *, now=NOW):
    by = as_actor(a_person())
    with transaction():
        reinstate_meeting(meeting, by=by, now=now)


def told(*, now=NOW):
    """Who has been told so far, each as often as it happened."""
    more = True
    while more:
        with transaction():
            more = tell_unaware(now=now)
    return sorted(db.session.scalars(sa.select(Notice.person_id)))


def test_who_has_no_calendar_of_ours_is_told_at_once(board, meeting):
    members = [a_member(board, part) for part in SeatPart]

    cancel(meeting)

    assert told() == sorted(person.id for person, part in zip(members, SeatPart, strict=True) if part != "observer")


def test_whose_calendar_comes_in_time_is_not_told(board, meeting):
    token = a_calendar(a_member(board))

    cancel(meeting)
    waiting = told()
    fetch(token, at=NOW + QUARTER)

    assert (waiting, told(now=NOW + PATIENCE)) == ([], [])


def test_whose_calendar_was_waited_for_in_vain_is_told_once(board, meeting):
    person = a_member(board)
    a_calendar(person)

    cancel(meeting)

    looks = (timedelta(0), HOUR, PATIENCE - HOUR, PATIENCE, PATIENCE + HOUR)
    assert [told(now=NOW + after) for after in looks] == [[], [], [], [person.id], [person.id]]


@pytest.mark.parametrize(
    ("polls", "fetched"),
    [
        (timedelta(days=7), NOW - HOUR),  # a calendar that comes weekly
        (QUARTER, NOW - timedelta(days=2)),  # one that came every quarter of an hour and stays away
        (None, NOW - timedelta(hours=23)),  # one that was seen once, a day ago
    ],
)
def test_whose_calendar_cannot_be_relied_on_is_told_at_once(board, meeting, polls, fetched):
    person = a_member(board, polls=polls, fetched=fetched)
    expected = [] if polls is None else [person.id]

    cancel(meeting)

    assert told() == expected
    assert told(now=NOW + PATIENCE) == [person.id]


def test_calendar_that_came_while_the_change_was_being_stored_knows_nothing_of_it(board, meeting):
    person = a_member(board)
    token = a_calendar(person)
    fetch(token, at=NOW + timedelta(seconds=2))

    cancel(meeting)  # begun at NOW, and seen by others only from here on

    assert told(now=NOW + PATIENCE) == [person.id]


def test_visit_by_a_clock_that_ran_ahead_is_corrected_by_the_next(board, meeting):
    person = a_member(board)
    token = a_calendar(person, fetched=NOW + 2 * PATIENCE)

    fetch(token, at=NOW)
    cancel(meeting, now=NOW + HOUR)

    assert token.polls_every_seconds == QUARTER.total_seconds()
    assert told(now=NOW + HOUR + PATIENCE) == [person.id]


def test_near_meeting_waits_for_no_calendar(board):
    person = a_member(board, polls=QUARTER, fetched=NOW - QUARTER)
    meeting = a_dated_meeting(board, NOW + LEAD - HOUR)

    cancel(meeting)

    assert told() == [person.id]


def test_nobody_is_told_of_what_is_over_by_the_time_the_worker_is_back(board, meeting):
    a_member(board)

    cancel(meeting)

    assert told(now=meeting.starts_at + HOUR) == []
    assert told(now=meeting.starts_at + 2 * HOUR) == []


def test_one_calendar_that_knows_is_enough(board, meeting):
    person = a_member(board)
    a_calendar(person, polls=timedelta(days=7), fetched=NOW - timedelta(days=1))
    a_calendar(person, polls=QUARTER, fetched=NOW - QUARTER)

    cancel(meeting)

    assert told() == []


def test_calendar_that_does_not_show_the_meeting_knows_nothing_of_it(board, meeting):
    person, other = a_member(board), a_series()
    seat(other, person, SeatPart.CORE_MEMBER)
    a_calendar(person, board_id=other.id)

    cancel(meeting)

    assert told() == [person.id]


def test_presenter_and_follower_are_concerned_too(app):
    lectures = a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION)
    follower, board, presenter = a_person(), a_series(), a_person(Part.MEMBER_PHYSICIAN)
    stored(Follow(person_id=follower.id, series_id=lectures.id))
    a_calendar(follower, polls=timedelta(days=7), fetched=NOW - HOUR)
    stored(Follow(person_id=a_person().id, series_id=lectures.id))  # follows on our pages alone
    presented = a_dated_meeting(board)
    an_agenda(presented, an_accepted_case(board, submitter=presenter))

    for one in (a_dated_meeting(lectures), presented):
        cancel(one)

    assert told() == sorted([follower.id, presenter.id])


def a_presented_meeting(starts_at=NOW + timedelta(days=7)):
    """A meeting with a published agenda, and the presenter of its one case, who has no calendar of ours."""
    board, presenter = a_series(), a_person(Part.MEMBER_PHYSICIAN)
    meeting = a_dated_meeting(board, starts_at)
    case = an_accepted_case(board, submitter=presenter, state=CaseState.SCHEDULED, scheduled_for_at=starts_at)
    return meeting, an_agenda(meeting, case), presenter


def told_kinds(*, now):
    told(now=now)
    return list(db.session.scalars(sa.select(Notice.kind).order_by(Notice.id)))


def test_presenter_who_is_told_the_new_time_of_the_case_is_not_told_of_the_move_beside_it(app):
    meeting, agenda, _ = a_presented_meeting()

    move(meeting)
    before = told_kinds(now=NOW)
    with transaction():
        follow_meeting(agenda, now=NOW + FOR_CASES / 2)

    assert before == []
    assert [told_kinds(now=NOW + after) for after in (FOR_CASES, PATIENCE)] == [["slot_published"]] * 2


def test_presenter_whom_no_plan_tells_the_new_time_is_told_of_the_move_a_minute_later(app):
    meeting, agenda, _ = a_presented_meeting()
    move(meeting, now=NOW - HOUR)
    with transaction():
        follow_meeting(agenda, now=NOW - HOUR)  # that tells of the first move and of no other

    move(meeting)

    looks = [told_kinds(now=NOW + after) for after in (timedelta(0), FOR_CASES, PATIENCE)]
    assert looks == [["slot_published"], *[["slot_published", "meeting_moved"]] * 2]


def test_time_of_a_case_that_was_published_while_the_meeting_was_being_moved_says_nothing_of_the_move(app):
    meeting, _, presenter = a_presented_meeting()

    move(meeting)
    with transaction():
        tell(presenter, NoticeKind.SLOT_CHANGED, now=NOW, path=f"/meetings/{meeting.id}")  # and the case stays behind

    assert told_kinds(now=NOW + FOR_CASES) == ["slot_changed", "meeting_moved"]


def test_who_presents_instead_since_the_new_time_was_told_is_told_of_the_move(app):
    (meeting, agenda, before), other = a_presented_meeting(), a_person(Part.MEMBER_PHYSICIAN)

    move(meeting)
    with transaction():
        follow_meeting(agenda, now=NOW + FOR_CASES / 2)
        agenda.items[0].case.presenter_id = other.id

    assert told(now=NOW + FOR_CASES) == sorted([before.id, other.id])


def test_presenter_at_a_near_meeting_is_told_of_the_move_at_once(app):
    meeting, _, presenter = a_presented_meeting(NOW + LEAD - HOUR)

    move(meeting)

    assert told() == [presenter.id]


def test_presenter_is_told_at_once_of_what_is_no_new_time(app):
    meeting, _, presenter = a_presented_meeting()

    renamed_room(meeting)

    assert told() == [presenter.id]


def test_many_changes_of_one_act_are_one_mail(board):
    person = a_member(board)
    meetings = [a_dated_meeting(board, NOW + timedelta(weeks=week)) for week in (1, 2, 3)]
    with transaction():
        note_changes([Change(one, ChangeKind.MOVED, one.starts_at - HOUR) for one in meetings], now=NOW)

    assert told() == [person.id]
    assert db.session.scalars(sa.select(Notice)).one().facts["more"] == 2


def test_what_was_overtaken_is_told_as_one_change(board, meeting):
    person, was_at = a_member(board), meeting.starts_at

    move(meeting)
    move(meeting, by=HOUR, now=NOW + timedelta(seconds=1))

    assert told(now=NOW + QUARTER) == [person.id]
    notice = db.session.scalars(sa.select(Notice)).one()
    assert notice.facts["was"].startswith("Tuesday, December 8, 2026, 10:00 AM")
    assert notice.facts["will_be"].startswith("Tuesday, December 8, 2026, Noon")
    assert meeting.starts_at == was_at + 2 * HOUR


@pytest.mark.parametrize(
    ("before", "acts", "subject"),
    [
        (None, [move], "A meeting was moved"),
        (None, [renamed_room], "A meeting has a new room, video link or length"),
        (None, [cancel], "A meeting was cancelled"),
        (cancel, [reinstate], "A meeting takes place after all"),
        (None, [move, renamed_room], "A meeting was moved"),
        (cancel, [reinstate, renamed_room], "A meeting takes place after all"),
    ],
)
def test_subject_says_what_became_of_the_meeting_for_who_is_told(board, meeting, before, acts, subject):
    if before:
        before(meeting)
        told()
    person = a_member(board)

    for second, act in enumerate(acts, start=1):
        act(meeting, now=NOW + timedelta(seconds=second))

    assert told(now=NOW + QUARTER) == [person.id]
    assert SUBJECTS[db.session.scalars(sa.select(Notice.kind)).one()] == subject


def test_telling_that_is_cut_off_goes_on_where_it_stood(board, meeting, monkeypatch):
    people = [a_member(board).id for _ in range(5)]
    monkeypatch.setattr("tumorboard.feeds.services.reach.PEOPLE_AT_ONCE", 2)
    cancel(meeting)

    with transaction():
        assert tell_unaware(now=NOW)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 2
    assert told() == sorted(people)


def test_coordinator_sees_how_many_calendars_have_a_change(board, meeting):
    people = [a_member(board) for _ in range(3)]
    quick, slow = a_calendar(people[0]), a_calendar(people[1], polls=timedelta(days=7), fetched=NOW - HOUR)
    before = reach_of(meeting, now=NOW)

    cancel(meeting)
    told()
    fetch(quick, at=NOW + QUARTER)
    after = reach_of(meeting, now=NOW + QUARTER)

    assert (before.calendars, before.changed_at) == (2, None)
    assert (after.calendars, after.know, after.lack, after.told) == (2, 1, 1, 2)
    assert (after.label, after.waits_until) == ("Cancelled", NOW + PATIENCE)
    assert slow.fetched_at < NOW


def test_owner_sees_which_changes_a_calendar_missed(board, meeting):
    person = a_member(board)
    token = a_calendar(person)
    move(meeting)
    cancel(meeting, now=NOW + timedelta(seconds=1))
    with transaction():
        reinstate_meeting(meeting, by=as_actor(person), now=NOW + timedelta(seconds=2))
    feed = feed_at(token, zone="America/New_York", home="")

    missed = db.session.scalars(changes_since(feed, token.fetched_at, now=NOW)).all()
    [(name, visit)] = behind(person.id, "America/New_York", now=NOW)

    assert [change.kind for change in missed] == ["reinstated"]
    assert (name, visit.changes, visit.pause) == (token.name, 1, QUARTER)
    fetch(token, at=NOW + QUARTER)
    assert behind(person.id, "America/New_York", now=NOW + QUARTER) == []


def test_feeds_that_hold_a_meeting_and_meetings_that_a_feed_holds_are_two_sides_of_one_thing(app):
    home = a_person()
    lectures = a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION)
    boards = [a_series() for _ in range(3)]
    people = [home, a_person(), a_person(Part.MEMBER_PHYSICIAN)]
    seat(boards[0], people[0], SeatPart.CHAIR)
    seat(boards[1], people[1], SeatPart.OBSERVER)
    stored(Follow(person_id=people[0].id, series_id=lectures.id))
    meetings = [a_dated_meeting(series) for series in (*boards, lectures)]
    an_agenda(meetings[2], an_accepted_case(boards[2], submitter=people[2], institution_id=home.institution_id))
    tokens = [a_calendar(person) for person in people]
    tokens += [a_calendar(people[2], fetched=NOW - HOUR), a_calendar(people[0], board_id=boards[0].id, fetched=NOW)]
    tokens += [a_calendar(people[0], institution_id=home.institution_id, fetched=NOW - 2 * HOUR)]
    with transaction():
        wanted = Definition("Narrow", with_presenting=False, left_out=frozenset({lectures.id}))
        define_address(tokens[3], wanted, by=as_actor(people[2]), now=NOW)
        define_address(tokens[0], Definition("Own", left_out=frozenset({lectures.id})), by=as_actor(people[0]), now=NOW)

    one_way = {
        (token.id, meeting_id)
        for token in tokens
        for meeting_id in db.session.scalars(
            sa.select(Meeting.id).where(
                belongs(feed_at(token, zone="UTC", home=""), Meeting.series_id, Meeting.id, since=NOW)
            )
        )
    }
    other_way = {(found, meeting.id) for meeting in meetings for found in db.session.scalars(showing(meeting, now=NOW))}

    assert len(one_way) == 6
    assert one_way == other_way


def test_dead_address_shows_nothing(board, meeting):
    token = a_calendar(a_member(board))
    with transaction():
        db.session.get(FeedToken, token.id).revoked_at = NOW

    assert db.session.scalars(showing(meeting, now=NOW)).all() == []


def test_longer_pause_counts_at_once_and_shorter_ones_by_and_by():
    assert pause_learned(None, HOUR) == HOUR
    assert pause_learned(QUARTER, timedelta(days=3)) == timedelta(days=3)
    assert pause_learned(4 * HOUR, HOUR) == 3.25 * HOUR


def test_calendars_are_waited_for_up_to_a_day_and_never_on_the_eve():
    far, near = NOW + timedelta(days=9), NOW + timedelta(hours=20)

    assert know_by(changed_at=NOW, was_at=far, will_be_at=far) == NOW + PATIENCE
    assert know_by(changed_at=NOW, was_at=near, will_be_at=far) == near - LEAD
    assert know_by(changed_at=NOW, was_at=None, will_be_at=NOW + HOUR) == NOW


@pytest.mark.parametrize("delivery", [Delivery.INVITATIONS, Delivery.BOTH])
def test_whom_an_invitation_tells_is_not_told_beside_it(app, delivery):
    person, meeting = an_invited_person()
    chosen(person, delivery)
    a_calendar(person, polls=timedelta(days=7), fetched=NOW - HOUR)
    a_round()

    cancel(meeting)
    first = unaware(last_change(), now=NOW)
    a_round()

    assert db.session.scalars(first).all() == []
    assert told(now=NOW + PATIENCE) == [person.id] * 2  # the two mails of the invitation itself


def test_whose_invitation_could_not_be_brought_up_to_date_is_told_and_finds_the_meeting_in_the_feed(app):
    person, meeting = an_invited_person()
    a_round()
    token = a_calendar(person, fetched=NOW - HOUR)
    hidden = token.id not in db.session.scalars(showing(meeting, now=NOW)).all()

    move(meeting)
    a_round(write=lambda _: Written(trouble="a line break"))

    feed = feed_at(token, zone="UTC", home="")
    found = sa.select(Meeting.id).where(belongs(feed, Meeting.series_id, Meeting.id, since=NOW))
    assert hidden
    assert token.id in db.session.scalars(showing(meeting, now=NOW)).all()
    assert db.session.scalars(found).all() == [meeting.id]
    assert told(now=NOW + PATIENCE) == [person.id] * 2  # the first invitation, and this


def last_change():
    return db.session.scalars(sa.select(MeetingChange).order_by(MeetingChange.id.desc())).first()
