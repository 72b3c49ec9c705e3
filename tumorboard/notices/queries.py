"""Reading the outbox."""

from sqlalchemy import Select, func, select

from tumorboard.notices.domain import NoticeState
from tumorboard.notices.models import Notice


def notices(state: NoticeState | None = None) -> Select[Notice]:
    """Notices, newest first, all or those in one state."""
    found = select(Notice).order_by(Notice.id.desc())
    return found if state is None else found.where(Notice.state == state)


def counts_by_state() -> Select[NoticeState, int]:
    """How many notices stand in each state."""
    return select(Notice.state, func.count()).group_by(Notice.state)
