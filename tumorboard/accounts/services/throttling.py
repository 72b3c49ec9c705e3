"""Slow down who guesses passwords or codes, by account and by network, without locking anybody out for ever."""

import hashlib
import ipaddress
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from tumorboard.accounts.domain import TooManyTries
from tumorboard.accounts.models import Throttle
from tumorboard.kernel.db import lock, session

WINDOW = timedelta(minutes=15)
# One person mistyping at one desk; one account tried from many places; one network trying many accounts.
MOST_TOGETHER, MOST_AN_ACCOUNT, MOST_A_NETWORK = 5, 30, 100


def refuse_when_throttled(account: str, address: str, *, now: datetime) -> None:
    """Raise TooManyTries, with the seconds to wait, when any of the three counts is full."""
    limits = dict(_keys(account, address))
    full = select(Throttle).where(Throttle.key.in_(limits), Throttle.until_at > now)
    waits = [row.until_at - now for row in session().scalars(full) if row.failures >= limits[row.key]]
    if waits:
        seconds = int(max(waits).total_seconds()) + 1
        raise TooManyTries(f"Wait {-(-seconds // 60)} minutes, then try again.", retry_after=seconds)


def note_failure(account: str, address: str, *, now: datetime) -> None:
    """Count a failed try under all three keys."""
    for key, _ in _keys(account, address):
        row = session().scalars(lock(select(Throttle).where(Throttle.key == key))).one_or_none()
        if row is None:
            session().add(Throttle(key=key, failures=1, until_at=now + WINDOW))
        elif row.until_at <= now:
            row.failures, row.until_at = 1, now + WINDOW
        else:
            row.failures += 1
    session().flush()


def forget_failures(account: str, address: str) -> None:
    """A success clears the count of this person at this place; the wider counts run out by themselves."""
    together = next(iter(_keys(account, address)))[0]
    session().execute(delete(Throttle).where(Throttle.key == together))


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
