"""What an audit entry says, and the chain that makes tampering visible."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

FIRST_HASH = "0" * 64


class Outcome(StrEnum):
    """Whether the act happened."""

    DONE = "done"
    SEEN = "seen"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One act: who did what to which thing. Details hold names of fields and codes, never their contents."""

    action: str
    outcome: Outcome = Outcome.DONE
    person_id: int | None = None
    institution_id: int | None = None
    subject: str = ""
    subject_id: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    request_id: str = ""


@dataclass(frozen=True)
class Fault:
    """What the verification found wrong, and at which sequence number."""

    sequence: int
    what: str


def entry_hash(fact: Fact, *, sequence: int, at: datetime, previous: str) -> str:
    """Return the SHA-256 that chains this entry to the one before it."""
    body = {**asdict(fact), "sequence": sequence, "at": at.isoformat(timespec="microseconds"), "previous": previous}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
