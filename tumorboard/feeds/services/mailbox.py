"""The mailbox that replies come to, read over IMAP with TLS."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tumorboard.kernel.errors import Unavailable

TIMEOUT_SECONDS = 20
MOST_A_RUN = 200
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class Incoming:
    """One message that nobody has seen; `raw` is None where it was too large to be fetched."""

    number: str
    raw: bytes | None


@dataclass(frozen=True, kw_only=True)
class ImapMailbox:
    """Where replies lie, and how to get at them."""

    host: str
    port: int
    user: str
    password: str
    folder: str

    @contextmanager
    def opened(self) -> Iterator["OpenMailbox"]:
        """Sign in and open the folder. Raises Unavailable when the server does not let us."""
        try:
            server = imaplib.IMAP4_SSL(
                self.host, self.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT_SECONDS
            )
            with server:
                server.login(self.user, self.password)
                _checked(server.select(_quoted(self.folder)))
                yield OpenMailbox(server)
        except (OSError, UnicodeError, imaplib.IMAP4.error) as error:
            raise Unavailable(f"The mailbox cannot be read now ({type(error).__name__}).") from error


@dataclass(frozen=True)
class OpenMailbox:
    """A folder to take messages from, one by one."""

    server: imaplib.IMAP4_SSL

    def unseen(self, *, largest_bytes: int) -> Iterator[Incoming]:
        """What nobody has seen, the oldest first, a limited number at a time. It stays unseen until it is said."""
        [found] = _checked(self.server.uid("SEARCH", "UNSEEN"))
        for number in (found or b"").split()[:MOST_A_RUN]:
            yield Incoming(number.decode("ascii"), self._fetched(number.decode("ascii"), largest_bytes))

    def note_seen(self, one: Incoming, *, is_refused: bool) -> None:
        """Mark a message as dealt with, and with a flag the one that a person should look at."""
        flags = r"(\Seen \Flagged)" if is_refused else r"(\Seen)"
        _checked(self.server.uid("STORE", one.number, "+FLAGS.SILENT", flags))

    def _fetched(self, number: str, largest_bytes: int) -> bytes | None:
        [told] = _checked(self.server.uid("FETCH", number, "(RFC822.SIZE)"))[:1]
        size = _SIZE.search(told if isinstance(told, bytes) else b"")
        if size is None or int(size[1]) > largest_bytes:
            return None
        for part in _checked(self.server.uid("FETCH", number, "(BODY.PEEK[])")):
            if isinstance(part, tuple):
                return bytes(part[1])
        return None


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error("The server said no.")
    return data


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
