"""Feed tokens."""

import hashlib
import secrets
from datetime import timedelta

from tumorboard.kernel.errors import Conflict

PREFIX = "tbf_"
LIFETIME = timedelta(days=400)
MOST_TOKENS = 20


class TooManyFeeds(Conflict):
    """One person keeps a limited number of personal addresses."""


def new_token() -> str:
    """Return a fresh secret of 192 bits with a prefix that scanners recognise."""
    return PREFIX + secrets.token_urlsafe(24)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
