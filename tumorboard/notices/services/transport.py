"""How a message leaves: by SMTP, or into a folder on the embedded default."""

import smtplib
import ssl
from base64 import encodebytes
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from tumorboard.kernel.text import clean_line
from tumorboard.notices.domain import HeaderUnsafe

TIMEOUT_SECONDS = 20
_HEADERS = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version"]


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What is needed to make a message; with `calendar`, one that a calendar program acts on (RFC 6047)."""

    sender: str
    address: str
    name: str
    subject: str
    text: str
    message_id: str
    date: str
    reply_to: str = ""
    calendar: str = ""
    calendar_method: str = ""

    def message(self) -> EmailMessage:
        """Return the message.

        Raises HeaderUnsafe when the address is none, or a header reads back other than it was meant.
        """
        try:
            return self._message(_display_name(self.name))
        except HeaderUnsafe:
            return self._message("")  # some long names do not survive folding; the address alone does

    def _message(self, name: str) -> EmailMessage:
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = Address("Tumorboard", addr_spec=self.sender)
        message["To"] = self._recipient(name)
        message["Subject"] = self.subject
        message["Message-ID"] = f"<{self.message_id}@{self.sender.rpartition('@')[2]}>"
        message["Date"] = self.date
        message["Auto-Submitted"] = "auto-generated"
        if self.reply_to:
            message["Reply-To"] = Address("Tumorboard", addr_spec=self.reply_to)
        if self.calendar:
            self._offer_both(message)
        else:
            message.set_content(self.text)
        _check_headers(message, self.address, {"Reply-To"} if self.reply_to else set())
        return message

    def _offer_both(self, message: EmailMessage) -> None:
        """Words first, the calendar last: programs take the last alternative that they understand.

        No Content-Disposition: with one, some show a file instead of buttons to answer by.
        """
        message.set_content(self.text, cte="quoted-printable")
        message.make_alternative()
        # By the older policy: the newer would put the parameters into quotation marks, as no program does.
        part = EmailMessage(policy=policy.compat32)
        part["Content-Type"] = f"text/calendar; method={self.calendar_method}; charset=utf-8"
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(encodebytes(self.calendar.encode()).decode("ascii"))
        message.attach(part)
        message.set_boundary(f"=_{self.message_id}")  # sent again, it is the same message

    def _recipient(self, name: str) -> Address:
        try:
            return Address(name, addr_spec=self.address)
        except (ValueError, IndexError, MessageError) as error:
            raise HeaderUnsafe("The recipient's address is none that mail can be sent to.") from error


class Transport(Protocol):
    """A way for messages to leave."""

    def send(self, message: EmailMessage, *, reference: str) -> None:
        """Hand the message over, or raise."""
        ...


@dataclass(frozen=True)
class FolderTransport:
    """Each message becomes one .eml file; sending it again writes the same file."""

    folder: Path

    def send(self, message: EmailMessage, *, reference: str) -> None:
        """Write the file whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{reference}.part"
        unfinished.write_bytes(message.as_bytes())
        unfinished.replace(self.folder / f"{reference}.eml")


@dataclass(frozen=True)
class SmtpTransport:
    """One connection a message; TLS verified."""

    host: str
    port: int
    tls: str
    user: str | None = None
    password: str | None = None

    def send(self, message: EmailMessage, *, reference: str) -> None:
        """Hand the message to the server. Raises OSError or SMTPException when it is not taken."""
        context = ssl.create_default_context()
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        with server:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user and self.password:
                server.login(self.user, self.password)
            server.send_message(message)


def _display_name(name: str) -> str:
    # Python below 3.11.15 turns an encoded word in a header into headers of its own (gh-127794).
    # A blank is put in rather than the mark taken out: taking it out of "==??" would leave one.
    return clean_line(name).replace("=?", "= ?")


def _check_headers(message: EmailMessage, address: str, more: set[str]) -> None:
    read_back = message_from_bytes(message.as_bytes(), policy=policy.default)
    names = [name for name in read_back if not name.startswith("Content-")]
    to = read_back["To"].addresses
    if sorted(names) != sorted([*_HEADERS, *more]) or [one.addr_spec for one in to] != [address]:
        raise HeaderUnsafe("A mail header came out other than it went in.")
