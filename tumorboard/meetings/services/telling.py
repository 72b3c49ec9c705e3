"""Tell a board's roster what became of its meetings: one notice a person, however many meetings changed at once."""

from collections.abc import Sequence
from datetime import datetime

from tumorboard.kernel.clock import long_when, zone_name
from tumorboard.kernel.db import session
from tumorboard.meetings.services.revision import Change
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.series.queries import told_of


def tell_rosters(changes: Sequence[Change], *, now: datetime) -> None:
    """Tell chairs, coordinators and members of the first change of each kind on their board, and how many more follow.

    Nothing that anybody typed is told: a reason or a room is read on the meeting's page.
    """
    alike: dict[tuple[int, NoticeKind], list[Change]] = {}
    for change in sorted(changes, key=lambda one: one.meeting.starts_at):
        alike.setdefault((change.meeting.series_id, change.kind), []).append(change)
    for (series_id, kind), group in alike.items():
        for person in session().scalars(told_of(series_id)):
            tell(person, kind, now=now, **_facts(group))


def _facts(changes: Sequence[Change]) -> dict[str, str | int]:
    meeting, was_at = changes[0].meeting, changes[0].was_at
    return {
        "board": meeting.series.name,
        "was": _in_words(was_at, meeting.time_zone) if was_at else "",
        "will_be": _in_words(meeting.starts_at, meeting.time_zone),
        "more": len(changes) - 1,
        "path": f"/meetings/{meeting.id}",
    }


def _in_words(at: datetime, zone: str) -> str:
    return f"{long_when(at, zone)} {zone_name(zone)}"
