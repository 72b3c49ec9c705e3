"""Personal addresses are made and revoked; entries, feeds and invitations follow what changes."""

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
from tumorboard.feeds.services.invitations import Write, choose_delivery, people_due, send_to, take_reply
from tumorboard.feeds.services.mailbox import ImapMailbox, Incoming, OpenMailbox
from tumorboard.feeds.services.reach import tell_unaware
from tumorboard.feeds.services.standing import begin_feed, note_body

__all__ = [
    "begin_feed",
    "ImapMailbox",
    "Incoming",
    "OpenMailbox",
    "Render",
    "define_address",
    "Write",
    "choose_delivery",
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
    "people_due",
    "send_to",
    "take_reply",
    "unfollow_series",
]
