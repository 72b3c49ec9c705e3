"""Write a notice into the outbox, in the transaction of its cause."""

import uuid
from datetime import datetime
from typing import Any, Protocol

from tumorboard.kernel.db import session
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice

LONGEST_NAME = 160  # three names of sixty letters each are longer than the column


class Recipient(Protocol):
    """Somebody who can be told something."""

    id: Any
    email: Any
    active: Any

    @property
    def display_name(self) -> str:
        """The name as it is written."""
        ...


def tell(person: Recipient, kind: NoticeKind, *, now: datetime, **facts: str | int) -> None:
    """Leave a notice for the person; it is mailed within seconds once the transaction commits.

    Facts are names of boards, times, case codes and paths: nothing about a patient, no text that anybody typed about
    a case. A person who has left is told nothing.
    """
    if not person.active:
        return
    session().add(
        Notice(
            kind=kind,
            person_id=person.id,
            address=person.email,
            name=person.display_name[:LONGEST_NAME],
            facts=facts,
            message_id=uuid.uuid4().hex,
            created_at=now,
            due_at=now,
        )
    )
