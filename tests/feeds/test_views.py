"""Feeds over HTTP: conditional requests, secrets that leave no trace, and the page to subscribe on."""

import gzip
import io
import logging
import re
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.event import listen
from sqlalchemy.exc import OperationalError

from tests.factories import NOW, a_person, a_series, an_accepted_case, an_institution, as_actor, form, seat, sign_in
from tests.feeds.makers import a_dated_meeting, an_agenda
from tumorboard.accounts.domain import InstitutionKind, Part
from tumorboard.accounts.services import deactivate
from tumorboard.feeds.calendar.lint import lint
from tumorboard.feeds.domain import MOST_TOKENS
from tumorboard.feeds.jobs import make_calendar_entries
from tumorboard.feeds.models import FeedToken
from tumorboard.feeds.services import make_address, revoke_address
from tumorboard.feeds.views import ics
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.services import cancel_meeting
from tumorboard.series.domain import SeatPart, SeriesKind, Site
from tumorboard.series.models import Seat

PUBLIC = "/feeds/public.ics"
PER_ANSWER = {"X-Request-Id", "Date"}
_number = count(1)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def a_lecture(**overrides):
    series = a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION, name="Lectures", slug="lectures")
    return a_dated_meeting(series, **overrides)


def an_address(person, name=None):
    name = name or f"Phone {next(_number)}"
    with transaction():
        return make_address(name, by=as_actor(person), now=NOW - timedelta(days=1))


def a_fetched_address(person, board):
    with transaction():
        token, _ = make_address(board.name, board_id=board.id, by=as_actor(person), now=NOW - timedelta(days=1))
        token.fetched_at, token.client = NOW - timedelta(hours=2), "Outlook"


def a_member_of_a_board():
    person, board = a_person(Part.MEMBER_PHYSICIAN), a_series()
    seat(board, person, SeatPart.CORE_MEMBER)
    a_dated_meeting(board)
    return person


def headers_of(answer):
    return sorted((name, value) for name, value in answer.headers if name not in PER_ANSWER)


def test_public_feed_is_a_calendar_for_anybody_for_five_minutes(client):
    meeting = a_lecture()

    answer = client.get(PUBLIC)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert list(lint(answer.data)) == [meeting.uid]
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert b"SOURCE;VALUE=URI:http://127.0.0.1:8000/feeds/public.ics" in answer.data
    assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers["ETag"])


def test_series_has_its_own_feed(client):
    meeting = a_lecture()

    answer = client.get("/feeds/series/lectures.ics")

    assert list(lint(answer.data)) == [meeting.uid]


@pytest.mark.parametrize("path", ["thoracic-board", "unknown"])
def test_feed_of_a_board_is_missing_like_an_unknown_one(client, path):
    a_series(slug="thoracic-board")

    answers = [client.get(f"/feeds/series/{slug}.ics") for slug in (path, "nothing")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert headers_of(answers[0]) == headers_of(answers[1])


def test_personal_feed_is_private_and_names_no_referrer(client):
    _, secret = an_address(a_member_of_a_board())

    answer = client.get(f"/feeds/{secret}.ics")

    assert len(lint(answer.data)) == 1
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert secret.encode() not in answer.data + str(answer.headers).encode()


def test_head_is_get_without_its_body(client):
    a_lecture()

    head, get = client.head(PUBLIC), client.get(PUBLIC)

    assert head.data == b""
    assert headers_of(head) == headers_of(get)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused_and_told_what_is_allowed(client, method):
    answer = getattr(client, method)(PUBLIC)

    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


def test_known_tag_is_answered_with_304_and_no_body(client):
    a_lecture()
    tag = client.get(PUBLIC).headers["ETag"]

    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get(PUBLIC, headers={"If-None-Match": sent})
        assert (answer.status_code, answer.data) == (304, b"")
        assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == (tag, "public, max-age=300")
        assert "Content-Type" not in answer.headers


def test_tag_beats_date_and_a_bad_date_is_ignored(client):
    a_lecture()
    first = client.get(PUBLIC)
    modified, tag = first.headers["Last-Modified"], first.headers["ETag"]

    def status(**sent):
        return client.get(PUBLIC, headers={name.replace("_", "-"): value for name, value in sent.items()}).status_code

    assert status(If_Modified_Since=modified) == 304
    assert status(If_Modified_Since=modified, If_None_Match='"other"') == 200
    assert status(If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT", If_None_Match=tag) == 304
    assert status(If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT") == 200
    assert status(If_Modified_Since="yesterday") == 200


def test_gzip_is_sent_on_request_under_another_tag(client):
    a_lecture()
    plain = client.get(PUBLIC)

    packed = client.get(PUBLIC, headers={"Accept-Encoding": "gzip, br"})
    again = client.get(PUBLIC, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert (again.status_code, again.headers["ETag"]) == (304, packed.headers["ETag"])
    assert "Content-Encoding" not in client.get(PUBLIC, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_feed_changes_by_tag_and_date_when_a_cancelled_meeting_leaves(client):
    meeting = a_lecture(state=MeetingState.CANCELLED)
    before = client.get(PUBLIC)

    with time_machine.travel(meeting.ends_at + timedelta(hours=1), tick=False):
        after = client.get(PUBLIC, headers={"If-Modified-Since": before.headers["Last-Modified"]})

    assert after.status_code == 200
    assert (len(lint(before.data)), len(lint(after.data))) == (1, 0)
    assert after.headers["Last-Modified"] == "Tue, 08 Dec 2026 17:00:00 GMT"


def test_no_feed_sets_or_renews_a_cookie_even_for_a_signed_in_browser(client):
    person = a_member_of_a_board()
    _, secret = an_address(person)
    sign_in(client, person)

    for path in (PUBLIC, f"/feeds/{secret}.ics", "/feeds/none.ics", "/robots.txt"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert client.get("/subscriptions").status_code == 200


def test_whatever_opens_nothing_is_answered_byte_for_byte_alike(client):
    person, leaver = a_member_of_a_board(), a_member_of_a_board()
    live = client.get(f"/feeds/{an_address(person)[1]}.ics")
    (revoked, first), (expired, second), (_, third) = an_address(person), an_address(person), an_address(leaver)
    with transaction():
        revoke_address(revoked, by=as_actor(person), now=NOW)
        expired.expires_at = NOW
        deactivate(leaver, by=None, now=NOW)
    mover, board = a_person(), a_series()
    place = seat(board, mover, SeatPart.CORE_MEMBER)
    with transaction():
        by, institution_id = as_actor(mover), mover.institution_id
        unseated = make_address("Board", board_id=board.id, by=by, now=NOW)[1]
        moved = make_address("Institution", institution_id=institution_id, by=by, now=NOW)[1]
    elsewhere = an_institution()
    with transaction():
        db.session.delete(place)
        mover.institution_id = elsewhere.id
    secrets = [
        first,
        second,
        third,
        unseated,
        moved,
        first.swapcase(),
        "tbf_" + "x" * 32,
        "x",
        "a/b",
        "%00",
        "tbf_%E2%80%AE",
        "x" * 5000,
    ]
    known = {"If-None-Match": "*", "If-Modified-Since": live.headers["Last-Modified"]}

    answers = [client.get(f"/feeds/{secret}.ics", headers=sent) for secret in secrets for sent in ({}, known)]
    heads = [client.head(f"/feeds/{secret}.ics") for secret in secrets]

    assert {answer.status_code for answer in answers + heads} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert len({tuple(headers_of(answer)) for answer in answers + heads}) == 1
    assert "no-store" in answers[0].headers["Cache-Control"]


def test_too_many_bad_addresses_are_refused_alike_whatever_they_are_and_good_ones_are_served(client, monkeypatch):
    monkeypatch.setattr("tumorboard.accounts.services.throttling.MOST_STRANGERS", 3)
    person = a_member_of_a_board()
    (revoked, first), (expired, second), (_, good) = (an_address(person) for _ in range(3))
    with transaction():
        revoke_address(revoked, by=as_actor(person), now=NOW)
        expired.expires_at = NOW
    secrets = [first, second, "tbf_" + "x" * 32, good.swapcase(), "malformed", "a/b"]
    known = {"If-None-Match": "*", "If-Modified-Since": "Tue, 01 Dec 2026 15:00:00 GMT", "Accept-Encoding": "gzip"}

    before = [client.get(f"/feeds/{secret}.ics") for secret in secrets[:3]]
    answers = [client.get(f"/feeds/{secret}.ics", headers=sent) for secret in secrets for sent in ({}, known)]
    heads = [client.head(f"/feeds/{secret}.ics", headers=sent) for secret in secrets for sent in ({}, known)]

    assert {answer.status_code for answer in before} == {404}
    assert {answer.status_code for answer in answers + heads} == {429}
    assert len({answer.data for answer in answers}) == 1
    assert len({tuple(headers_of(answer)) for answer in answers + heads}) == 1
    assert (answers[0].headers["Retry-After"], answers[0].headers["Cache-Control"]) == ("900", "private, no-store")
    assert client.get(f"/feeds/{good}.ics").status_code == 200
    elsewhere = client.get("/feeds/malformed.ics", environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 404
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert client.get("/feeds/malformed.ics").status_code == 404


def test_304_is_answered_without_a_look_at_any_entry(app, client, monkeypatch):
    monkeypatch.setattr("tumorboard.feeds.views.door._asked", lambda *_: None)  # it asks the driver itself
    a_lecture()
    tag = client.get(PUBLIC).headers["ETag"]
    asked = []
    listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    answer = client.get(PUBLIC, headers={"If-None-Match": tag})

    assert answer.status_code == 304
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1
    assert [statement for statement in asked if "calendar_entry" in statement] == []


def test_gzip_is_packed_once_for_all_who_ask(client, monkeypatch):
    a_lecture()
    packed = []
    compress = gzip.compress
    monkeypatch.setattr("gzip.compress", lambda *args, **named: packed.append(1) or compress(*args, **named))

    bodies = {client.get(PUBLIC, headers={"Accept-Encoding": "gzip"}).data for _ in range(3)}

    assert (len(bodies), len(packed)) == (1, 1)


def test_feed_is_read_while_nothing_can_be_written(client, monkeypatch):
    meeting = a_lecture()
    client.get(PUBLIC)
    with transaction():
        meeting.room = "Elsewhere"

    def full(*_args, **_named):
        raise OperationalError("INSERT", {}, Exception("disk is full"))

    monkeypatch.setattr("tumorboard.feeds.calendar.serve.make_entries", full)
    answer = client.get(PUBLIC)

    assert answer.status_code == 200
    assert list(lint(answer.data)) == [meeting.uid]


def test_fetch_is_shown_with_the_kind_of_program_and_a_304_counts(client):
    token, secret = an_address(a_member_of_a_board())

    client.get(f"/feeds/{secret}.ics", headers={"User-Agent": "Microsoft Office/16.0", "If-None-Match": "*"})

    db.session.refresh(token)
    assert (token.fetched_at, token.client) == (NOW, "Outlook")


def test_visit_counts_from_when_it_began_since_it_may_have_missed_what_came_after(client, monkeypatch):
    person = a_member_of_a_board()
    token, secret = an_address(person)
    with transaction():
        token.fetched_at = NOW - timedelta(hours=1)
    answered = ics._calendar

    def slowly(*asked):
        answer = answered(*asked)
        clock.shift(timedelta(seconds=30))
        return answer

    monkeypatch.setattr(ics, "_calendar", slowly)
    with time_machine.travel(NOW, tick=False) as clock:
        client.get(f"/feeds/{secret}.ics")

    db.session.refresh(token)
    assert token.fetched_at == NOW


def test_next_poll_of_an_institution_follows_its_cases_whoever_presents_them_and_its_name(client):
    home, board, foreign = an_institution(short_name="Westside"), a_series(), a_person(Part.MEMBER_PHYSICIAN)
    case, other = (
        an_accepted_case(board, submitter=foreign, institution_id=one.id) for one in (home, an_institution())
    )
    agenda, reader = an_agenda(a_dated_meeting(board), other), a_person(at=home)
    with transaction():
        _, secret = make_address("Ours", institution_id=home.id, by=as_actor(reader), now=NOW - timedelta(days=1))
    polls = [client.get(f"/feeds/{secret}.ics").text]

    for change in (
        lambda: setattr(agenda.items[0], "case_id", case.id),
        lambda: setattr(agenda.items[0], "case_id", other.id),
        lambda: setattr(other, "institution_id", home.id),
        agenda.items.clear,
        lambda: setattr(home, "short_name", "Eastside"),
    ):
        with transaction():
            change()
        make_calendar_entries()  # as the worker does, before anybody asks
        polls.append(client.get(f"/feeds/{secret}.ics").text)

    assert [poll.count("BEGIN:VEVENT") for poll in polls] == [0, 1, 0, 1, 0, 0]
    assert ["NAME:Eastside at tumor boards" in poll for poll in polls] == [False] * 5 + [True]


def test_page_of_an_institutions_address_goes_with_the_person_who_goes_elsewhere(client):
    home, elsewhere = an_institution(), an_institution()
    person, colleague, board = a_person(Part.MEMBER_PHYSICIAN, at=home), a_person(at=home), a_series()
    seat(board, colleague, SeatPart.CHAIR)
    a_dated_meeting(board)
    with transaction():
        token, secret = make_address("Ours", institution_id=home.id, by=as_actor(person), now=NOW)
    page = f"/subscriptions/addresses/{token.id}"
    assert board.name in sign_in(client, person).get(page).text

    for institution in (elsewhere, home):  # there, and back again
        with transaction():
            person.institution_id = institution.id
        assert [client.get(path).status_code for path in (page, f"/feeds/{secret}.ics")] == [404, 404]


def test_refusal_of_a_secret_address_does_not_repeat_it(client, monkeypatch):
    monkeypatch.setattr("tumorboard.feeds.services.entries.MARKS_AT_ONCE", 1)
    board, person = a_series(), a_person()
    seat(board, person, SeatPart.CORE_MEMBER)
    for day in range(1, 8):
        a_dated_meeting(board, NOW + timedelta(days=day))
    secret = an_address(person)[1]

    answers = [client.post(f"/feeds/{secret}.ics"), client.get(f"/feeds/{secret}.ics")]

    assert [answer.status_code for answer in answers] == [405, 503]
    assert not any(secret in answer.text for answer in answers)


def test_no_secret_reaches_the_log(app, client):
    _, secret = an_address(a_member_of_a_board())
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    try:
        client.get(f"/feeds/{secret}.ics")
        client.get(f"/feeds/{secret.swapcase()}.ics")
        client.post(f"/feeds/{secret}.ics")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    assert "feeds.personal" in written.getvalue()
    assert secret[4:].lower() not in written.getvalue().lower()


def test_robots_may_look_everywhere(client):
    answer = client.get("/robots.txt")

    assert (answer.status_code, answer.text) == (200, "User-agent: *\nDisallow:\n")


def test_page_asks_for_sign_in(client):
    assert client.get("/subscriptions").status_code == 303


def test_each_public_feed_has_a_page_that_says_what_is_in_it_and_opens_it_in_three_ways(client):
    meeting = a_lecture()
    sign_in(client, a_person())

    overview = client.get("/subscriptions").text
    page = "".join(client.get(path).text for path in ("/subscriptions/series/lectures", "/subscriptions/education"))

    assert 'href="/subscriptions/series/lectures"' in overview
    assert 'href="/subscriptions/education"' in overview
    assert page.count(f'href="/meetings/{meeting.id}"') == 2
    assert "http://127.0.0.1:8000/feeds/series/lectures.ics" in page
    assert 'href="webcal://127.0.0.1:8000/feeds/series/lectures.ics" rel="noreferrer"' in page
    assert "calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1%3A8000%2Ffeeds%2Fpublic.ics" in page
    assert "addfromweb?url=http%3A%2F%2F127.0.0.1%3A8000%2Ffeeds%2Fpublic.ics" in page


def test_new_address_is_shown_exactly_once_and_never_stored_by_the_browser(client):
    sign_in(client, a_member_of_a_board())

    made = client.post("/subscriptions/addresses", data=form(client, "/subscriptions", name=" Phone ", what="mine"))
    secret = re.search(r"tbf_[\w-]{32}", made.text)[0]

    assert (made.status_code, made.headers["Cache-Control"], made.headers["Referrer-Policy"]) == (
        200,
        "no-store",
        "same-origin",  # a stricter one has browsers hide where the forms of this very page come from
    )
    assert secret not in str(made.headers)
    assert secret not in client.get("/subscriptions").text
    assert len(lint(client.get(f"/feeds/{secret}.ics").data)) == 1


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_address_without_a_proper_name_is_refused_with_what_was_typed(client, name):
    sign_in(client, a_person())

    answer = client.post("/subscriptions/addresses", data=form(client, "/subscriptions", name=name, what="mine"))

    assert answer.status_code == 422
    assert f'value="{name}"' in answer.text
    assert "Error: " in answer.text


def test_more_addresses_than_one_person_keeps_are_refused(client):
    person = a_person()
    sign_in(client, person)
    fields = form(client, "/subscriptions", name="One more", what="mine")
    for number in range(MOST_TOKENS):
        an_address(person, str(number))

    answer = client.post("/subscriptions/addresses", data=fields)

    assert answer.status_code == 409
    assert "You have as many addresses as one person can keep" in answer.text


def test_replaced_address_opens_by_its_new_secret_alone(client):
    person = a_member_of_a_board()
    token, old = an_address(person)
    sign_in(client, person)

    answer = client.post(f"/subscriptions/addresses/{token.id}/rotation", data=form(client, "/subscriptions"))
    new = re.search(r"tbf_[\w-]{32}", answer.text)[0]

    assert [client.get(f"/feeds/{secret}.ics").status_code for secret in (old, new)] == [404, 200]


def test_revoked_address_is_gone(client):
    person = a_member_of_a_board()
    token, secret = an_address(person, "Old phone")
    sign_in(client, person)

    answer = client.post(f"/subscriptions/addresses/{token.id}/revocation", data=form(client, "/subscriptions"))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/subscriptions#mine")
    assert client.get(f"/feeds/{secret}.ics").status_code == 404
    assert "was revoked" in client.get("/subscriptions").text
    assert "Old phone" not in client.get("/subscriptions").text
    assert client.get(f"/subscriptions/addresses/{token.id}").status_code == 404


@pytest.mark.parametrize("act", ["rotation", "revocation"])
def test_foreign_address_is_missing(client, act):
    token, _ = an_address(a_person())
    sign_in(client, a_person())
    fields = form(client, "/subscriptions")

    answers = [client.post(f"/subscriptions/addresses/{number}/{act}", data=fields) for number in (token.id, 999_999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert db.session.get(FeedToken, token.id).revoked_at is None


def test_public_series_is_followed_and_unfollowed(client):
    meeting, person = a_lecture(), a_person()
    _, secret = an_address(person)
    sign_in(client, person)
    shown = []

    for act in ("follow", "unfollow"):
        answer = client.post(f"/subscriptions/series/lectures/{act}", data=form(client, "/subscriptions"))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/subscriptions#lectures")
        shown.append(list(lint(client.get(f"/feeds/{secret}.ics").data)))

    assert shown == [[meeting.uid], []]


def test_board_cannot_be_followed(client):
    a_series(slug="board")
    sign_in(client, a_person())
    fields = form(client, "/subscriptions")

    assert [
        client.post(f"/subscriptions/series/{slug}/follow", data=fields).status_code for slug in ("board", "none")
    ] == [404, 404]


def test_page_names_the_boards_one_sits_on_and_last_visits(client):
    an_institution(kind=InstitutionKind.HUB)
    person = a_member_of_a_board()
    token, _ = an_address(person, "Outlook at work")
    with transaction():
        token.fetched_at, token.client = utc_now() - timedelta(hours=2), "Outlook"
    sign_in(client, person)

    overview, page = (client.get(path).text for path in ("/subscriptions", f"/subscriptions/addresses/{token.id}"))

    assert "Thoracic tumor board" in page
    assert "Last loaded Tue, Dec 1, 8:00 AM by Outlook." in overview
    assert "Last loaded Tue, Dec 1, 8:00 AM by Outlook." in page
    assert "Good until Tue, Jan 4, 2028." in page


def test_owner_chooses_what_is_in_the_own_calendar(client):
    person, (kept, other) = a_person(), (a_series(name="Kept board"), a_series(name="Other board"))
    for board in (kept, other):
        seat(board, person, SeatPart.CORE_MEMBER)
    meetings = [a_dated_meeting(board) for board in (kept, other)]
    token, secret = an_address(person, "Phone")
    path = f"/subscriptions/addresses/{token.id}"
    sign_in(client, person)
    before = list(lint(client.get(f"/feeds/{secret}.ics").data))

    answer = client.post(path, data=form(client, path, name="My phone", series=str(kept.id), with_cut_offs="1"))
    after = list(lint(client.get(f"/feeds/{secret}.ics").data))

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert sorted(before) == sorted(meeting.uid for meeting in meetings)
    assert after == [meetings[0].uid, f"cut-off-{meetings[0].uid}"]
    assert "My phone" in client.get(path).text


def test_choice_that_is_none_is_refused_with_what_was_typed(client):
    person, foreign = a_member_of_a_board(), a_series()
    token, _ = an_address(person, "Phone")
    path = f"/subscriptions/addresses/{token.id}"
    sign_in(client, person)

    answer = client.post(path, data=form(client, path, name="Desk", series=str(foreign.id)))

    assert answer.status_code == 422
    assert 'value="Desk"' in answer.text
    assert "Choose one of the list." in answer.text


@pytest.mark.parametrize(("what", "status"), [("own", 200), ("institution", 200), ("foreign", 422)])
def test_address_is_made_for_a_board_of_ones_own_or_the_own_institution(client, what, status):
    person, foreign = a_member_of_a_board(), a_series()
    own = db.session.scalars(select(Seat.series_id).where(Seat.person_id == person.id)).one()
    values = {"own": f"board-{own}", "foreign": f"board-{foreign.id}"}
    sign_in(client, person)

    answer = client.post(
        "/subscriptions/addresses", data=form(client, "/subscriptions", name="Desk", what=values.get(what, what))
    )

    assert answer.status_code == status
    assert bool(re.search(r"tbf_[\w-]{32}", answer.text)) is (status == 200)


def test_page_says_which_changes_the_calendar_missed(client):
    person = a_member_of_a_board()
    token, _ = an_address(person, "Phone")
    meeting = db.session.scalars(select(Meeting)).one()
    with transaction():
        token.fetched_at, token.client = utc_now() - timedelta(hours=2), "Google Calendar"
        cancel_meeting(meeting, reason="", by=as_actor(person), now=utc_now())
    sign_in(client, person)

    overview, page = (client.get(path).text for path in ("/subscriptions", f"/subscriptions/addresses/{token.id}"))

    assert "1 change not fetched" in overview
    assert "Your calendar misses 1 change." in page
    assert "Thoracic, Tue, Dec 8, 10:00 AM</a>: cancelled" in page


def test_overview_asks_as_often_for_three_addresses_as_for_one(client, statements):
    person, boards = a_person(), [a_series(name=name) for name in ("First board", "Second board", "Third board")]
    for board in boards:
        seat(board, person, SeatPart.CORE_MEMBER)
        meeting = a_dated_meeting(board)
        with transaction():
            cancel_meeting(meeting, reason="", by=as_actor(person), now=NOW)
    sign_in(client, person)
    client.get("/subscriptions")

    counts = []
    for board in boards:
        a_fetched_address(person, board)
        with statements() as counted:
            page = client.get("/subscriptions").text
        counts.append(counted.count)

    assert page.count("1 change not fetched") == 3
    assert counts[0] == counts[1] == counts[2]


def test_page_of_an_address_asks_once_what_there_is_to_choose_from(client, statements):
    person = a_member_of_a_board()
    token, _ = an_address(person)
    path = f"/subscriptions/addresses/{token.id}"
    sign_in(client, person)
    changes = [form(client, path, name=name) for name in ("", "Desk")]

    with statements() as shown:
        client.get(path)
    with statements() as refused:
        assert client.post(path, data=changes[0]).status_code == 422
    with statements() as changed:
        assert client.post(path, data=changes[1]).status_code == 303

    for counted in (shown, refused, changed):
        assert sum(one.startswith("SELECT series.") and "FROM follow" in one for one in counted.asked) == 1
