"""Slow down who guesses passwords or codes, or repeats an act without end; nobody is locked out for ever."""

import hashlib
import ipaddress
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tumorboard.accounts.domain import TooManyTries
from tumorboard.accounts.models import Throttle
from tumorboard.kernel.db import session

WINDOW = timedelta(minutes=15)
# One person mistyping at one desk; one account tried from many places; one network trying many accounts.
MOST_TOGETHER, MOST_AN_ACCOUNT, MOST_A_NETWORK = 5, 30, 100
# A hospital behind one address may hold many calendars that still ask for what was revoked.
MOST_STRANGERS = 120


def refuse_when_throttled(account: str, address: str, *, now: datetime) -> None:
    """Raise TooManyTries, with the seconds to wait, when any of the three counts is full."""
    _refuse_where_full(dict(_keys(account, address)), now=now)


def note_failure(account: str, address: str, *, now: datetime) -> None:
    """Count a failed try under all three keys."""
    for key, _ in _keys(account, address):
        _count(key, now=now)


def forget_failures(account: str, address: str) -> None:
    """A success clears the count of this person at this place; the wider counts run out by themselves."""
    together = next(iter(_keys(account, address)))[0]
    session().execute(delete(Throttle).where(Throttle.key == together))


def count_act(act: str, person_id: int, *, most: int, now: datetime) -> None:
    """Count what a person may do so often in a while. Raises TooManyTries, with the seconds to wait, beyond that."""
    key = _hashed("act", act, str(person_id))
    _refuse_where_full({key: most}, now=now)
    _count(key, now=now)


def is_stranger_throttled(address: str, *, now: datetime) -> bool:
    """Whether the network tried so many secret addresses that open nothing that they are not looked at for a while."""
    full = select(Throttle.id).where(Throttle.key == _stranger(address), Throttle.until_at > now)
    return session().scalar(full.where(Throttle.failures >= MOST_STRANGERS)) is not None


def note_stranger(address: str, *, now: datetime) -> None:
    """Count a secret address that opened nothing."""
    _count(_stranger(address), now=now)


def _refuse_where_full(limits: Mapping[str, int], *, now: datetime) -> None:
    full = select(Throttle).where(Throttle.key.in_(limits), Throttle.until_at > now)
    rows = session().scalars(full.execution_options(populate_existing=True))
    waits = [row.until_at - now for row in rows if row.failures >= limits[row.key]]
    if waits:
        seconds = int(max(waits).total_seconds()) + 1
        raise TooManyTries(f"Wait {-(-seconds // 60)} minutes, then try again.", retry_after=seconds)


def _stranger(address: str) -> str:
    return _hashed("stranger", _network(address))


def _count(key: str, *, now: datetime) -> None:
    # One statement: two first failures at the same moment must not collide on the key.
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    is_over = Throttle.until_at <= now
    counted = insert(Throttle).values(key=key, failures=1, until_at=now + WINDOW)
    changes = {
        "failures": case((is_over, 1), else_=Throttle.failures + 1),
        "until_at": case((is_over, counted.excluded.until_at), else_=Throttle.until_at),
    }
    session().execute(counted.on_conflict_do_update(index_elements=[Throttle.key], set_=changes))


def _keys(account: str, address: str) -> Iterator[tuple[str, int]]:
    network = _network(address)
    name = account.strip().lower()
    yield _hashed("together", name, network), MOST_TOGETHER
    yield _hashed("account", name), MOST_AN_ACCOUNT
    yield _hashed("network", network), MOST_A_NETWORK


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 56), strict=False))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
