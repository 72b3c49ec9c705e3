"""Sessions: signed cookies before sign-in, rows in the database after it.

The cookie of a signed-in person holds 256 random bits; only their hash is stored, so that a stolen copy of the database
opens nothing, and a session can be listed and ended at any time.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict

from tumorboard.accounts.models import Person, SignIn
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import mean_to_read, reading, retrying, session, transaction

SEEN_EVERY = timedelta(minutes=1)
ANONYMOUS_LIFETIME = timedelta(hours=2)
_ROW = "row."
_ANONYMOUS = "cookie."


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """A session and, once somebody signed in, the token of its row."""

    def __init__(self, data: dict[str, Any] | None = None, *, token: str | None = None) -> None:
        super().__init__(data or {}, self._touch)
        self.token = token
        self.seen_at: datetime | None = None
        self.modified = False

    def _touch(self, _: object) -> None:
        self.modified = True

    @property
    def token_hash(self) -> bytes | None:
        """What the database knows the session by."""
        return None if self.token is None else hash_token(self.token)


class StoredSessions(SessionInterface):
    """Flask's session interface over the `sign_in` table."""

    def __init__(self, *, idle: timedelta, absolute: timedelta) -> None:
        self.idle, self.absolute = idle, absolute

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """Return the session that the cookie names, or an empty one."""
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if cookie.startswith(_ROW):
            return self._from_row(cookie.removeprefix(_ROW))
        if cookie.startswith(_ANONYMOUS):
            return StoredSession(self._unsign(app, cookie.removeprefix(_ANONYMOUS)))
        return StoredSession()

    def save_session(self, app: Flask, current: SessionMixin, response: Response) -> None:
        """Store what changed and set the cookie; a new sign-in always gets a new token."""
        assert isinstance(current, StoredSession)
        if "_user_id" in current:
            self._save_row(app, current, response)
        else:
            self._save_anonymous(app, current, response)

    def _from_row(self, token: str) -> StoredSession:
        mean_to_read()
        now = utc_now()
        with reading():
            found = session().execute(
                select(SignIn.data, SignIn.seen_at, SignIn.started_at)
                .join(Person, Person.id == SignIn.person_id)
                .where(SignIn.token_hash == hash_token(token), Person.active)
            )
            row = found.one_or_none()
        if row is None or row.seen_at <= now - self.idle or row.started_at <= now - self.absolute:
            return StoredSession()
        stored = StoredSession(row.data, token=token)
        stored.seen_at = row.seen_at
        return stored

    def _save_row(self, app: Flask, current: StoredSession, response: Response) -> None:
        if current.token is None:
            current.token = secrets.token_urlsafe(32)
            retrying(lambda: _insert(current))
        elif current.modified:
            retrying(lambda: _update(current))
        elif current.seen_at is None or current.seen_at <= utc_now() - SEEN_EVERY:
            _touch(current)
        self._set_cookie(app, response, _ROW + current.token, lifetime=None)

    def _save_anonymous(self, app: Flask, current: StoredSession, response: Response) -> None:
        if current.token is not None:
            retrying(lambda: _delete(current))
        if current and (current.modified or current.token is not None):
            signed = _signer(app).dumps(dict(current))
            self._set_cookie(app, response, _ANONYMOUS + signed, lifetime=ANONYMOUS_LIFETIME)
        elif current.modified or current.token is not None:
            response.delete_cookie(self.get_cookie_name(app), path="/", secure=self.get_cookie_secure(app))

    def _set_cookie(self, app: Flask, response: Response, value: str, *, lifetime: timedelta | None) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            max_age=lifetime,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )
        response.vary.add("Cookie")

    def _unsign(self, app: Flask, signed: str) -> dict[str, Any]:
        try:
            loaded = _signer(app).loads(signed, max_age=int(ANONYMOUS_LIFETIME.total_seconds()))
        except Exception:
            return {}
        loaded.pop("_user_id", None)
        return dict(loaded)


def hash_token(token: str) -> bytes:
    """Return what is stored of a session's token."""
    return hashlib.sha256(token.encode()).digest()


def client_of(request: Request) -> str:
    """Return a short name of the browser, to tell one's sessions apart."""
    agent = request.user_agent.string
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "macOS"}
    systems["Linux"] = "Linux"
    browser = next((name for mark, name in browsers if mark in agent), "A browser")
    return f"{browser} on {next((name for mark, name in systems.items() if mark in agent), 'another system')}"


def _signer(app: Flask) -> Any:
    return SecureCookieSessionInterface().get_signing_serializer(app)


def _insert(current: StoredSession) -> None:
    now = utc_now()
    with transaction():
        person_id = session().scalar(select(Person.id).where(Person.fs_uniquifier == current["_user_id"]))
        if person_id is not None:
            session().add(
                SignIn(
                    token_hash=current.token_hash,
                    person_id=person_id,
                    data=dict(current),
                    client=client_of(request),
                    started_at=now,
                    seen_at=now,
                )
            )


def _row(current: StoredSession) -> SignIn | None:
    return session().scalars(select(SignIn).where(SignIn.token_hash == current.token_hash)).one_or_none()


def _update(current: StoredSession) -> None:
    with transaction():
        row = _row(current)
        if row is not None:
            row.data, row.seen_at = dict(current), utc_now()


def _touch(current: StoredSession) -> None:
    try:
        with transaction():
            row = _row(current)
            if row is not None:
                row.seen_at = utc_now()
    except OperationalError:
        return  # a busy or full disk must not keep anybody from reading


def _delete(current: StoredSession) -> None:
    with transaction():
        row = _row(current)
        if row is not None:
            session().delete(row)
