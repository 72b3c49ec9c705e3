"""An agenda follows what happens above and below it: a case withdrawn, a meeting moved."""

from datetime import datetime

from sqlalchemy import select

from tumorboard.accounts.domain import Actor
from tumorboard.agendas.models import Agenda
from tumorboard.agendas.queries import live_item_of, untold_changes
from tumorboard.agendas.services.items import remove_item, tell_case
from tumorboard.agendas.services.publish import tell_presenter
from tumorboard.cases.models import Case
from tumorboard.cases.services import release_case, withdraw_case
from tumorboard.kernel.db import lock, session


def withdraw_from_agenda(case: Case, *, by: Actor, reason: str, now: datetime) -> None:
    """Take the case off the agenda it stands on, if any, and withdraw it."""
    item = session().scalars(live_item_of(case.id)).one_or_none()
    if item is not None:
        session().scalars(lock(select(Agenda).where(Agenda.id == item.agenda_id))).one()
        remove_item(item, by=None, now=now, reason="The case was withdrawn.")
        session().flush()
    withdraw_case(case, by=by, reason=reason, now=now)


def follow_meeting(agenda: Agenda, *, now: datetime) -> int:
    """Carry a meeting's new time to its cases; on a published agenda the presenters are told. Return how many."""
    cases = [item.case for item in agenda.items if item.case is not None and item.is_live]
    moved = [case for case in cases if case.scheduled_for_at not in (None, agenda.meeting.starts_at)]
    if not moved:
        return 0
    for case in moved:
        tell_case(agenda, case, by=None, now=now, why="The meeting was moved.")
        if agenda.published_at is not None:
            release_case(case, until=agenda.meeting.ends_at, now=now)
    changes = untold_changes(agenda)
    for row in changes:
        tell_presenter(agenda, row, now=now)
    return len(changes)
