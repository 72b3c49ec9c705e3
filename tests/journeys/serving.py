"""The real application behind a real port, on a database of its own, and a mail server that keeps what it takes."""

import asyncio
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from tests.conftest import CHEAP_HASHES
from tests.databases import postgres_url
from tumorboard.app import create_app
from tumorboard.kernel.db import db

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Served:
    """An application and where a browser finds it."""

    app: Flask
    url: str


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # a browser keeps its connections, as behind gunicorn

    def log(self, *_: Any) -> None:
        """Say nothing."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server((HOST, 0)) as door:
        return int(door.getsockname()[1])


def an_app(folder: Path, **environ: str) -> Flask:
    """The application as a deployment configures it; only hashing is cheap."""
    app = create_app(Settings.from_environment({"TB_INSTANCE": str(folder), "TB_LOG_LEVEL": "ERROR", **environ}))
    app.extensions["security"].pwd_context.update(**CHEAP_HASHES)
    return app


@contextmanager
def served(folder: Path, **environ: str) -> Iterator[Served]:
    """Serve the application on a free port, known before the application is made: its links carry it."""
    with socket.create_server((HOST, 0)) as door:
        port = door.getsockname()[1]
        url = f"http://{HOST}:{port}"
        app = an_app(folder, TB_PUBLIC_URL=url, **environ)
        server = make_server(HOST, port, app, threaded=True, fd=door.fileno(), request_handler=_QuietHandler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Served(app, url)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.engine.dispose()


def migrate(app: Flask) -> None:
    """Make the schema."""
    with app.app_context():
        upgrade()
        db.engine.dispose()


@contextmanager
def a_database(engine: str, folder: Path) -> Iterator[str | None]:
    """The address of an empty database; None where there is no PostgreSQL."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'journey.sqlite3'}"
        return
    server = _postgres()
    if server is None:
        yield None
        return
    name = f"journey_{uuid.uuid4().hex}"
    plain = server.replace("+psycopg", "")
    with closing(psycopg.connect(plain, autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        address, _, options = server.partition("?")
        yield f"{address.rpartition('/')[0]}/{name}?{options}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _postgres() -> str | None:
    return postgres_url()


@dataclass
class Mailbox:
    """What a mail server took, in order."""

    port: int
    slowness_seconds: float = 0
    most_at_once: int = 0
    raw: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    _busy: int = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message, as fast as this server is."""
        self._busy += 1
        self.most_at_once = max(self.most_at_once, self._busy)
        await asyncio.sleep(self.slowness_seconds)
        self._busy -= 1
        self.raw.append((tuple(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 kept"

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages, read by the standard library."""
        return [message_from_bytes(content, policy=policy.default) for _, content in self.raw]

    def to(self, address: str) -> list[EmailMessage]:
        """The messages that were handed over for the address."""
        pairs = zip(self.raw, self.messages, strict=True)
        return [message for (recipients, _), message in pairs if recipients == (address,)]


@contextmanager
def a_mail_server() -> Iterator[Mailbox]:
    """A real SMTP server on a free port."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname=HOST, port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
