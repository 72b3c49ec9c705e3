"""What tests of sign-in need besides rows: one-time codes, links out of mails."""

import base64
import hashlib
import hmac
from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import form
from tumorboard.accounts.models import Person
from tumorboard.kernel.db import db
from tumorboard.notices.models import Notice


def one_time_code(key: str, at: datetime) -> str:
    """The six digits of RFC 6238 that an authenticator app shows at the moment."""
    letters = key.replace("-", "")
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    step = int(at.timestamp()) // 30
    mac = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 15
    return f"{(int.from_bytes(mac[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def try_to_sign_in(client: FlaskClient, email: str, password: str, **kept):
    """Send the sign-in form and give back whatever comes."""
    return client.post("/sign-in", data=form(client, "/sign-in", email=email, password=password), **kept)


def is_in(client: FlaskClient) -> bool:
    """Whether the browser is signed in."""
    return client.get("/account").status_code == 200


def notices_to(person: Person) -> list[Notice]:
    """What the person was told, oldest first."""
    db.session.expire_all()
    return list(db.session.scalars(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)))


def link_to(person: Person) -> str:
    """The path in the last mail to the person."""
    return notices_to(person)[-1].facts["link"]
