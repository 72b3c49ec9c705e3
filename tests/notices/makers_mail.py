"""A real mail server that answers as it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


@dataclass
class MailServer:
    """What the server took; `refuses` is what it says to a recipient, `cuts` drops the connection in DATA."""

    port: int
    refuses: str = ""
    cuts: bool = False
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def handle_RCPT(self, _server, _session, envelope, address: str, _options) -> str:  # noqa: N802 - aiosmtpd's name
        """Take the recipient, or not."""
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message, or cut the line before saying so."""
        if self.cuts:
            server.transport.abort()
            return "421 gone"
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"


@contextmanager
def a_mail_server(**answers) -> Iterator[MailServer]:
    """Run a mail server on a free port of this machine."""
    server = MailServer(free_port(), **answers)
    controller = Controller(server, hostname=HOST, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
