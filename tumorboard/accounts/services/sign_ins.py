"""Sessions of signed-in people: ended one by one, all at once, or by time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from tumorboard.accounts.domain import Actor
from tumorboard.accounts.models import Person, SignIn, Throttle
from tumorboard.audit.services import record
from tumorboard.kernel.db import session


def end_sign_in(sign_in: SignIn, *, by: Actor, now: datetime) -> None:
    """End one session; its next request is sent to sign-in."""
    session().delete(sign_in)
    record("sign_in.ended", by=by, subject="person", subject_id=sign_in.person_id, now=now)


def end_sign_ins_of(person: Person, *, but: bytes | None = None) -> None:
    """End all sessions of a person, `but` the one with this token hash."""
    ended = delete(SignIn).where(SignIn.person_id == person.id)
    session().execute(ended.where(SignIn.token_hash != but) if but else ended)


def sweep_sign_ins(*, idle: timedelta, absolute: timedelta, now: datetime) -> None:
    """Remove sessions past their limits and throttles past their window."""
    over = or_(SignIn.seen_at <= now - idle, SignIn.started_at <= now - absolute)
    session().execute(delete(SignIn).where(over))
    session().execute(delete(Throttle).where(Throttle.until_at <= now))
