"""Notices as the outbox holds them."""

from itertools import count

from tests.factories import NOW, a_person, stored
from tumorboard.kernel.db import db
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice

_number = count(1)


def a_notice(kind: NoticeKind = NoticeKind.PASSWORD_CHANGED, **overrides) -> Notice:
    """A notice written and due at NOW."""
    person = overrides.pop("person", None) or a_person()
    values = {
        "kind": kind,
        "person_id": person.id,
        "address": person.email,
        "name": person.display_name,
        "facts": {},
        "message_id": f"message-{next(_number)}",
        "created_at": NOW,
        "due_at": NOW,
    }
    return stored(Notice(**{**values, **overrides}))


def again(notice: Notice) -> Notice:
    """The notice as it stands now."""
    db.session.rollback()
    return db.session.get_one(Notice, notice.id, populate_existing=True)
