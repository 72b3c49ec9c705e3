"""Personal addresses are made and revoked; entries and feeds follow what changes."""

from tumorboard.feeds.services.addresses import (
    define_address,
    follow_series,
    make_address,
    note_fetch,
    remind_of_expiry,
    revoke_address,
    rotate_address,
    unfollow_series,
)
from tumorboard.feeds.services.entries import Render, make_entries, mark_outdated
from tumorboard.feeds.services.reach import tell_unaware
from tumorboard.feeds.services.standing import note_body

__all__ = [
    "Render",
    "define_address",
    "follow_series",
    "make_address",
    "make_entries",
    "mark_outdated",
    "note_body",
    "note_fetch",
    "remind_of_expiry",
    "revoke_address",
    "rotate_address",
    "tell_unaware",
    "unfollow_series",
]
