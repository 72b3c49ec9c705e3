"""One series: its rhythm, its next dates, its people and its rules."""

from collections import defaultdict
from collections.abc import Sequence

from flask import g, render_template
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.kernel.clock import local, utc_now
from tumorboard.kernel.db import session
from tumorboard.kernel.web import requires
from tumorboard.meetings.queries import coming_of, may_join_series
from tumorboard.meetings.views.blueprint import blueprint
from tumorboard.meetings.views.status import row_of
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Policy, Seat, Series
from tumorboard.series.queries import policy_in_force, series_seen_by
from tumorboard.series.views.access import may_edit

DATES_SHOWN = 10


@blueprint.get("/series/<slug:slug>")
@requires(Permission.SERIES_SEE)
def show_series(slug: str) -> ResponseReturnValue:
    """The series with its next ten dates."""
    series, now = series_seen_by(g.actor, slug), utc_now()
    meetings = session().scalars(coming_of(series.id, after=now).limit(DATES_SHOWN))
    policy = policy_in_force(series, on=local(now, series.time_zone).date())
    return render_template(
        "meetings/series.html",
        series=series,
        rows=[row_of(meeting) for meeting in meetings],
        leads=_leads(series.seats),
        roster=_roster(series.seats),
        policy=policy,
        other_policies=_others(series, policy),
        video_url=series.video_url if may_join_series(g.actor, series) else "",
        may_edit=may_edit(series),
        enters_availability=g.actor.may(Permission.AVAILABILITY_EDIT, series_id=series.id),
    )


def _leads(seats: Sequence[Seat]) -> list[tuple[str, list[Seat]]]:
    """Chairs, then coordinators."""
    parts = ((SeatPart.CHAIR, "Chair"), (SeatPart.COORDINATOR, "Coordinator"))
    found = [(label, [seat for seat in seats if seat.part is part]) for part, label in parts]
    return [(label, held) for label, held in found if held]


def _roster(seats: Sequence[Seat]) -> list[tuple[str, list[Seat]]]:
    """Everybody by specialty, who stands for none last; chair and coordinators are named above already."""
    groups: dict[str, list[Seat]] = defaultdict(list)
    listed = [seat for seat in seats if seat.specialty or seat.part not in {SeatPart.CHAIR, SeatPart.COORDINATOR}]
    for seat in sorted(listed, key=lambda one: (one.person.family_name, one.person.given_name, one.id)):
        groups[seat.specialty.label if seat.specialty else ""].append(seat)
    return [(label or "No specialty", held) for label, held in sorted(groups.items(), key=lambda one: one[0] or "~")]


def _others(series: Series, policy: Policy | None) -> list[Policy]:
    return [one for one in sorted(series.policies, key=lambda one: one.effective_on, reverse=True) if one is not policy]
