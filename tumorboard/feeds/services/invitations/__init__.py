"""Invitations by mail: chosen, sent, followed when the meeting changes, and answered."""

from tumorboard.feeds.services.invitations.answers import take_reply
from tumorboard.feeds.services.invitations.choice import choose_delivery
from tumorboard.feeds.services.invitations.due import people_due
from tumorboard.feeds.services.invitations.send import MOST_AT_ONCE, Write, send_to

__all__ = ["MOST_AT_ONCE", "Write", "choose_delivery", "people_due", "send_to", "take_reply"]
