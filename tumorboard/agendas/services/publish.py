"""Publishing an agenda: presenters are told their time, the board that its list is there."""

from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from tumorboard.accounts.domain import Actor
from tumorboard.agendas.models import Agenda
from tumorboard.agendas.queries import Row, untold_changes
from tumorboard.audit.services import record
from tumorboard.cases.services import release_case
from tumorboard.kernel.clock import when_there
from tumorboard.kernel.db import session
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell
from tumorboard.series.queries import told_of


def publish(agenda: Agenda, *, by: Actor, now: datetime) -> int:
    """Publish the agenda, or what changed on it since; return how many presenters were told.

    Nobody is told twice the same time.
    """
    first = agenda.published_at is None
    if first:
        agenda.published_at, agenda.published_by_id = now, by.person_id
    changes = untold_changes(agenda)
    for row in changes:
        tell_presenter(agenda, row, now=now)
    for item in agenda.items:
        if item.case is not None and item.case.released_at is None:
            release_case(item.case, until=agenda.meeting.ends_at, now=now)
    if first:
        _tell_board(agenda, now=now)
    flag_modified(agenda, "published_at")
    session().flush()
    action = "agenda.published" if first else "agenda.changes_published"
    record(action, by=by, subject="meeting", subject_id=agenda.meeting_id, now=now)
    return len(changes)


def tell_presenter(agenda: Agenda, row: Row, *, now: datetime) -> None:
    """Tell the presenter the time of the row, the first or a new one."""
    item, meeting = row.item, agenda.meeting
    kind = NoticeKind.SLOT_PUBLISHED if item.told_starts_at is None else NoticeKind.SLOT_CHANGED
    item.told_at, item.told_starts_at = now, row.starts_at
    if item.case is None or item.case.presenter is None:
        return
    tell(
        item.case.presenter,
        kind,
        now=now,
        code=item.case.code,
        board=meeting.series.name,
        when=when_there(row.starts_at, meeting.time_zone),
        minutes=item.minutes,
        path=f"/meetings/{meeting.id}",
    )


def _tell_board(agenda: Agenda, *, now: datetime) -> None:
    meeting = agenda.meeting
    count = sum(item.case_id is not None for item in agenda.items)
    for person in session().scalars(told_of(meeting.series_id)):
        tell(
            person,
            NoticeKind.AGENDA_PUBLISHED,
            now=now,
            board=meeting.series.name,
            when=when_there(meeting.starts_at, meeting.time_zone),
            count=count,
            path=f"/meetings/{meeting.id}/agenda",
        )
