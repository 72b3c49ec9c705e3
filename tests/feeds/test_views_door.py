"""The short way to a feed says exactly what the long way says, and opens nothing more."""

import time_machine
from sqlalchemy import delete

from tests.factories import NOW, a_person, a_series, as_actor, seat
from tests.feeds.makers import a_dated_meeting
from tumorboard.feeds.models import CalendarFeed
from tumorboard.feeds.services import make_address, revoke_address
from tumorboard.feeds.views import door
from tumorboard.kernel.db import db, transaction
from tumorboard.series.domain import SeatPart, SeriesKind, Site

PER_ANSWER = {"X-Request-Id", "Date"}


def an_open_feed():
    person, board = a_person(), a_series()
    lectures = a_series(kind=SeriesKind.LECTURE, site=Site.EDUCATION, slug="lectures")
    seat(board, person, SeatPart.CHAIR)
    for series in (board, lectures):
        a_dated_meeting(series)
    with transaction():
        token, secret = make_address("Phone", by=as_actor(person), now=NOW)
        token.fetched_at = NOW
    return person, token, secret


def told(client, path, **named):
    with time_machine.travel(NOW, tick=False):
        answer = client.open(path, **named)
    return answer.status_code, answer.data, sorted(pair for pair in answer.headers if pair[0] not in PER_ANSWER)


def test_both_ways_say_the_same(app, client, monkeypatch):
    _, _, secret = an_open_feed()
    paths = ["/feeds/public.ics", "/feeds/series/lectures.ics", f"/feeds/{secret}.ics"]
    tags = {path: dict(told(client, path)[2])["ETag"] for path in paths}
    sent = []
    monkeypatch.setattr(door, "_send", lambda *args, _send=door._send, **named: sent.append(1) or _send(*args, **named))
    asked = [
        (path, {"method": method, "headers": headers, "base_url": base})
        for path in paths
        for method in ("GET", "HEAD")
        for headers in (
            {},
            {"Accept-Encoding": "gzip, br"},
            {"If-None-Match": tags[path]},
            {"If-None-Match": "*", "Accept-Encoding": "gzip"},
            {"If-Modified-Since": "Tue, 01 Dec 2026 15:00:00 GMT"},
            {"If-Modified-Since": "nonsense", "Cookie": "tumorboard=row.x"},
        )
        for base in ("http://127.0.0.1:8000", "https://127.0.0.1:8000")
    ]

    short = [told(client, path, **named) for path, named in asked]
    count = len(sent)
    monkeypatch.setattr(door, "_asked", lambda *_: None)
    long = [told(client, path, **named) for path, named in asked]

    assert count == len(asked)
    assert len(sent) == count
    for one, other in zip(short, long, strict=True):
        assert set(one[2]) ^ set(other[2]) == set()
        assert one == other


def test_door_is_shut_at_once_for_who_leaves_is_revoked_or_comes_under_a_foreign_name(client):
    person, token, secret = an_open_feed()
    path = f"/feeds/{secret}.ics"
    assert [told(client, path)[0] for _ in range(2)] == [200, 200]

    assert told(client, path, base_url="http://evil.example")[0] == 400
    with transaction():
        person.active = False
    assert told(client, path, headers={"If-None-Match": "*"})[0] == 404
    with transaction():
        person.active = True
        revoke_address(token, by=as_actor(person), now=NOW)
    assert told(client, path, headers={"If-None-Match": "*"})[0] == 404


def test_other_methods_and_feeds_never_seen_go_the_long_way(client):
    an_open_feed()
    assert told(client, "/feeds/public.ics")[0] == 200
    with transaction():
        db.session.execute(delete(CalendarFeed))

    assert told(client, "/feeds/public.ics")[0] == 200
    assert told(client, "/feeds/public.ics", method="POST")[0] in {400, 405}
    assert told(client, "/feeds/public.txt")[0] == 404
