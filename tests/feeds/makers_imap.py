"""A small IMAP server over TLS (RFC 3501): as much of one as a program that empties a mailbox meets."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Message:
    """One message and its flags."""

    raw: bytes
    flags: set[str]


@dataclass
class ImapServer:
    """What lies in the folder, and which messages were fetched whole."""

    certificate: Path
    port: int = 0
    messages: list[Message] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)

    def add(self, raw: bytes, *flags: str) -> None:
        """Put a message into the folder."""
        self.messages.append(Message(raw, set(flags)))

    def answer(self, command: str) -> tuple[bytes, str]:
        """What is said to a command: lines before, and how it ends."""
        if command.startswith("LOGIN"):
            return b"", "OK in" if command == 'LOGIN tb "pass word"' else "NO wrong"
        if command.startswith("SELECT"):
            return b"* %d EXISTS\r\n" % len(self.messages), "OK open" if '"Replies"' in command else "NO such folder"
        if command == "UID SEARCH UNSEEN":
            unseen = [str(n) for n, one in enumerate(self.messages, 1) if r"\Seen" not in one.flags]
            return f"* SEARCH {' '.join(unseen)}\r\n".encode(), "OK done"
        if found := re.fullmatch(r"UID FETCH (\d+) \(RFC822\.SIZE\)", command):
            return (
                f"* {found[1]} FETCH (UID {found[1]} RFC822.SIZE {len(self._at(found[1]).raw)})\r\n".encode(),
                "OK done",
            )
        if found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]\)", command):
            self.fetched.append(int(found[1]))
            raw = self._at(found[1]).raw
            return f"* {found[1]} FETCH (UID {found[1]} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n", "OK done"
        if found := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(([^)]*)\)", command):
            self._at(found[1]).flags.update(found[2].split())
            return b"", "OK done"
        return {"CAPABILITY": (b"* CAPABILITY IMAP4rev1\r\n", "OK done"), "LOGOUT": (b"* BYE\r\n", "OK done")}.get(
            command, (b"", "BAD what")
        )

    def _at(self, number: str) -> Message:
        return self.messages[int(number) - 1]


@contextmanager
def an_imap_server(folder: Path) -> Iterator[ImapServer]:
    """Run the server on a free port, with a certificate of its own."""
    mailbox, key = ImapServer(folder / "imap.pem"), folder / "imap.key"
    _certify(mailbox.certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(mailbox.certificate, key)

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                self._talk()
            except OSError:
                return  # whoever called hung up

        def _talk(self) -> None:
            with context.wrap_socket(self.request, server_side=True) as line, line.makefile("rwb") as talk:
                talk.write(b"* OK ready\r\n")
                talk.flush()
                while request := talk.readline():
                    tag, _, command = request.decode().strip().partition(" ")
                    before, end = mailbox.answer(command)
                    talk.write(before + f"{tag} {end}\r\n".encode())
                    talk.flush()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield mailbox
        server.shutdown()
        thread.join()


def _certify(certificate: Path, key: Path) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    # Around the clock of tests and the real one: OpenSSL looks at the latter.
    since = datetime(2020, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(secret.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(since)
        .not_valid_after(since + timedelta(days=36_500)).add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(secret, hashes.SHA256())
    )  # fmt: skip
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
