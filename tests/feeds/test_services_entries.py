"""Entries follow every change, whoever makes it, and only sound ones are taken."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from tests.factories import NOW, a_person, a_series, an_accepted_case, an_institution, as_actor, seat, stored
from tests.feeds.makers import a_dated_meeting, an_agenda, seen
from tumorboard.accounts.domain import InstitutionKind, Part
from tumorboard.agendas.domain import PlacedBy
from tumorboard.agendas.models import AgendaItem
from tumorboard.feeds.calendar import catch_up
from tumorboard.feeds.calendar.entry import entry_of
from tumorboard.feeds.domain import Entry, Feed, maker
from tumorboard.feeds.jobs import make_calendar_entries
from tumorboard.feeds.models import CalendarEntry, CalendarFeed, CalendarMark, Follow
from tumorboard.feeds.queries import public_feed
from tumorboard.feeds.services import make_entries, mark_outdated
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services import cancel_meeting, move_meeting, set_talk
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.domain import SeatPart, SeriesKind, Site

HOME = "https://tb.example.org"


def lectures(**overrides):
    return a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION, name="Lectures", **overrides)


def feed_of(person):
    return Feed(key=f"person/{person.id}", name="Mine", zone="UTC", home=HOME, person_id=person.id)


def education():
    return public_feed(home=HOME, source=f"{HOME}/feeds/public.ics")


def made(render=None, now=NOW):
    with transaction():
        return make_entries(render or (lambda event: entry_of(event, HOME)), made_by=maker(HOME), now=now)


def marks():
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(CalendarMark))


def by_sql(statement):
    db.session.rollback()
    with transaction():
        db.session.execute(statement)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


CHANGES = {
    "moved": lambda meeting, by: move_meeting(
        meeting,
        to_start=meeting.starts_at + timedelta(days=1),
        to_end=meeting.ends_at + timedelta(days=1),
        room="Elsewhere",
        reason="",
        by=by,
        now=NOW,
    ),
    "cancelled": lambda meeting, by: cancel_meeting(meeting, reason="", by=by, now=NOW),
    "talk": lambda meeting, by: set_talk(
        meeting, title="ctDNA", abstract="", speaker_name="I. Moreau", speaker_affiliation="", by=by, now=NOW
    ),
    "renamed": lambda meeting, by: setattr(meeting.series, "name", "Colloquium"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_next_poll_shows_what_changed_with_a_later_stamp(app, change):
    meeting, by = a_dated_meeting(lectures()), as_actor(a_person())
    feed = education()
    before = seen(feed)

    with transaction():
        CHANGES[change](meeting, by)
    after = seen(feed, NOW + timedelta(minutes=1))

    assert after.etag != before.etag
    assert after.changed_at > before.changed_at
    assert after.events[0]["UID"] == before.events[0]["UID"]
    assert after.events[0]["LAST-MODIFIED"][2] > before.events[0]["LAST-MODIFIED"][2]


def test_meeting_made_and_meeting_deleted_by_sql_alone_are_noticed(app):
    series = lectures()
    kept, gone = (a_dated_meeting(series, NOW + timedelta(days=days)).id for days in (7, 14))
    before = seen(education())

    by_sql(sa.delete(Meeting).where(Meeting.id == gone).execution_options(synchronize_session=False))
    after = seen(education(), NOW + timedelta(seconds=1))

    assert (before.meetings, after.meetings) == ([kept, gone], [kept])
    assert after.changed_at > before.changed_at


def test_change_between_two_polls_of_one_second_has_a_date_of_its_own(app):
    meeting = a_dated_meeting(lectures())
    before = seen(education())

    by_sql(sa.update(Meeting).where(Meeting.id == meeting.id).values(room="Elsewhere"))

    assert seen(education()).changed_at == before.changed_at + timedelta(seconds=1)


def test_person_feed_follows_seat_follow_agenda_presenter_and_zone(app):
    person, board, followed = a_person(Part.MEMBER_PHYSICIAN), a_series(), lectures()
    meeting, lecture = a_dated_meeting(board), a_dated_meeting(followed)
    case = an_accepted_case(board)
    agenda = an_agenda(meeting, is_published=False)
    feed = feed_of(person)
    contents = [seen(feed).meetings]

    stored(Follow(person_id=person.id, series_id=followed.id))
    contents.append(seen(feed).meetings)
    place = seat(board, person, SeatPart.OBSERVER)
    contents.append(sorted(seen(feed).meetings))
    with transaction():
        db.session.delete(place)
    with transaction():
        agenda.published_at = NOW
        agenda.items.append(AgendaItem(position=1, case_id=case.id, minutes=8, placed_by=PlacedBy.COORDINATOR))
    contents.append(seen(feed).meetings)
    with transaction():
        case.backup_id = person.id
    contents.append(sorted(seen(feed).meetings))
    says_so = f"You present {case.code}." in "".join(
        seen(feed).words(n)[1] for n in (0, 1) if len(seen(feed).words(n)) > 1
    )
    with transaction():
        agenda.items.clear()
    contents.append(seen(feed).meetings)

    both = sorted([meeting.id, lecture.id])
    assert contents == [[], [lecture.id], both, [lecture.id], both, [lecture.id]]
    assert says_so


def test_zone_of_the_hub_is_in_the_next_poll(app):
    hub = an_institution(kind=InstitutionKind.HUB)
    before = seen(education())

    by_sql(sa.update(type(hub)).where(type(hub).id == hub.id).values(time_zone="America/Chicago"))

    assert b"X-WR-TIMEZONE:America/New_York" in before.body
    assert b"X-WR-TIMEZONE:America/Chicago" in seen(education()).body


def test_change_makes_one_entry_and_leaves_foreign_feeds_alone(app):
    person, board, series = a_person(), a_series(), lectures()
    seat(board, person, SeatPart.CHAIR)
    meetings = [a_dated_meeting(series, NOW + timedelta(days=day)) for day in (7, 14, 21)]
    a_dated_meeting(board)
    seen(education())
    seen(feed_of(person))
    rendered = []

    by_sql(sa.update(Meeting).where(Meeting.id == meetings[1].id).values(room="Elsewhere"))
    assert marks() == 1
    made(lambda event: rendered.append(event.meeting_id) or entry_of(event, HOME))

    assert rendered == [meetings[1].id]
    assert marks() == 0
    stale = db.session.scalars(sa.select(CalendarFeed.key).where(CalendarFeed.is_stale)).all()
    assert stale == ["education"]


def test_change_that_calendars_do_not_show_makes_nothing(app):
    meeting = a_dated_meeting(lectures())
    before = seen(education())

    by_sql(sa.update(Meeting).where(Meeting.id == meeting.id).values(reason="Snow", revised_at=NOW))

    assert seen(education(), NOW + timedelta(minutes=1)) == before


def test_worker_makes_what_is_marked_in_batches_and_once(app):
    series = lectures()
    stored_rows = [a_dated_meeting(series, NOW + timedelta(days=day)) for day in range(1, 6)]
    a_dated_meeting(series, NOW - timedelta(weeks=13))

    make_calendar_entries()

    db.session.rollback()
    assert marks() == 0
    assert set(db.session.scalars(sa.select(CalendarEntry.meeting_id))) == {row.id for row in stored_rows}
    assert made() is False


def test_other_program_or_address_makes_every_entry_anew(app):
    a_dated_meeting(lectures())
    seen(education())
    moved = Feed(key="education", name="E", zone="UTC", home="https://new.example.org")

    body = seen(moved).body

    assert b"https://new.example.org/meetings/" in body.replace(b"\r\n ", b"")
    with transaction():
        mark_outdated(made_by=maker(moved.home))
    assert marks() == 0


def test_spoiled_text_is_not_served_the_last_good_one_is_and_administrators_read_of_it_once(app):
    admin = a_person(Part.ADMINISTRATOR)
    a_person()
    series = lectures()
    first, second = a_dated_meeting(series), a_dated_meeting(series, NOW + timedelta(days=14))
    before = seen(education())

    for meeting in (first, second):
        by_sql(sa.update(Meeting).where(Meeting.id == meeting.id).values(room="Elsewhere"))
        made(lambda _: Entry(ics="", trouble="SUMMARY is not escaped"))

    assert seen(education()).body == before.body
    notices = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.FEED_TROUBLE)).all()
    assert [(notice.person_id, notice.facts["trouble"]) for notice in notices] == [(admin.id, "SUMMARY is not escaped")]
    by_sql(sa.update(Meeting).where(Meeting.id == first.id).values(room="Third"))
    assert "Third" in seen(education(), NOW + timedelta(minutes=1)).body.decode()


def test_event_that_breaks_the_writer_stops_no_other(app, monkeypatch):
    series = lectures()
    good, bad = a_dated_meeting(series), a_dated_meeting(series, NOW + timedelta(days=14))
    whole = entry_of

    def broken(event, home):
        return whole(event, home) if event.meeting_id != bad.id else Entry(ics="", trouble="it could not be written")

    made(lambda event: broken(event, HOME))

    assert seen(education()).meetings == [good.id]


def test_poll_waits_rather_than_losing_meetings(app, client, monkeypatch):
    monkeypatch.setattr("tumorboard.feeds.services.entries.MARKS_AT_ONCE", 1)
    series = lectures()
    for day in range(1, 8):
        a_dated_meeting(series, NOW + timedelta(days=day))

    first = client.get("/feeds/public.ics")
    catch_up(app.config["PUBLIC_URL"], batches=100)
    second = client.get("/feeds/public.ics")

    assert (first.status_code, first.headers["Retry-After"]) == (503, "5")
    assert second.data.count(b"BEGIN:VEVENT") == 7


def test_cancelled_meeting_is_stored_as_it_is_shown(app):
    meeting = a_dated_meeting(lectures(), state=MeetingState.CANCELLED)
    seen(education())

    entry = db.session.get_one(CalendarEntry, meeting.id)

    assert entry.is_cancelled
    assert "STATUS:CANCELLED\r\n" in entry.ics
    assert entry.zone == "America/New_York"
