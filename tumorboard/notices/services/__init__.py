"""Telling people, and delivering what they are told."""

from tumorboard.notices.services.deliver import Deliverer, deliver_next
from tumorboard.notices.services.tell import CalendarPart, take_back, tell, tell_calendar
from tumorboard.notices.services.transport import Envelope, FolderTransport, SmtpTransport, Transport

__all__ = [
    "CalendarPart",
    "Deliverer",
    "Envelope",
    "FolderTransport",
    "SmtpTransport",
    "Transport",
    "deliver_next",
    "take_back",
    "tell",
    "tell_calendar",
]
