"""What a feed said last is never taken for new when something changed beside it."""

from datetime import timedelta
from threading import Thread

import sqlalchemy as sa

from tests.factories import a_person, a_series, as_actor, seat
from tests.feeds.makers import a_dated_meeting
from tumorboard.feeds.calendar import catch_up, serve
from tumorboard.feeds.services import make_address
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import SeatPart

A_MOMENT_SECONDS = 1


def an_address_that_nobody_asked_for():
    board, person = a_series(), a_person()
    seat(board, person, SeatPart.CORE_MEMBER)
    meeting = a_dated_meeting(board, utc_now() + timedelta(days=7))
    with transaction():
        return meeting.id, make_address("Phone", by=as_actor(person), now=utc_now())[1]


def test_change_beside_the_very_first_poll_is_in_the_next(app, client, monkeypatch):
    meeting_id, secret = an_address_that_nobody_asked_for()
    home, read, changes = app.config["PUBLIC_URL"], serve._read, []
    catch_up(home, batches=100)

    def change():
        with app.app_context():
            with transaction():
                db.session.execute(sa.update(Meeting).where(Meeting.id == meeting_id).values(room="Elsewhere"))
            catch_up(home, batches=100)

    def read_then_change(*asked):
        found = read(*asked)
        if not changes:
            changes.append(Thread(target=change))
            changes[0].start()
            changes[0].join(A_MOMENT_SECONDS)  # it may have to wait for the poll
        return found

    monkeypatch.setattr(serve, "_read", read_then_change)
    first = client.get(f"/feeds/{secret}.ics")
    changes[0].join()

    assert "Elsewhere" not in first.text
    assert "Elsewhere" in client.get(f"/feeds/{secret}.ics").text
