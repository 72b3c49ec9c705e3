"""The worker keeps the horizon full."""

import sqlalchemy as sa
import time_machine

from tests.factories import NOW, a_series
from tumorboard.kernel.db import db
from tumorboard.meetings.jobs import make_meetings_out_to_horizon
from tumorboard.meetings.models import Meeting


def ran():
    with time_machine.travel(NOW, tick=False):
        make_meetings_out_to_horizon()
    return dict(db.session.execute(sa.select(Meeting.series_id, sa.func.count()).group_by(Meeting.series_id)).all())


def test_job_makes_the_meetings_of_every_series_once(app):
    first, second = a_series(), a_series(rule="FREQ=MONTHLY;BYDAY=1TH")

    counts = ran()

    assert counts == ran() == {first.id: 26, second.id: 6}


def test_series_that_breaks_stops_no_other(app):
    a_series(rule="FREQ=NEVER")
    sound = a_series()

    assert ran() == {sound.id: 26}
