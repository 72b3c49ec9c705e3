"""Telling people, and delivering what they are told."""

from tumorboard.notices.services.deliver import Deliverer, deliver_next
from tumorboard.notices.services.tell import tell
from tumorboard.notices.services.transport import Envelope, FolderTransport, SmtpTransport, Transport

__all__ = ["Deliverer", "Envelope", "FolderTransport", "SmtpTransport", "Transport", "deliver_next", "tell"]
