"""People come by invitation and leave by deactivation; institutions are added."""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from tumorboard.accounts.domain import Actor, EmailTaken, InstitutionKind, InvitationOver, Part, Specialty
from tumorboard.accounts.models import Institution, Invitation, Person, PersonPart, PersonSpecialty
from tumorboard.accounts.services.sign_ins import end_sign_ins_of
from tumorboard.audit.services import record
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import Invalid, NotFound
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell

R = TypeVar("R")
K = TypeVar("K")

INVITATION_LIFETIME = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class PersonDraft:
    """What an administrator says of a person."""

    email: str
    given_name: str
    family_name: str
    institution_id: int
    credentials: str = ""
    parts: frozenset[Part] = frozenset()
    specialties: frozenset[Specialty] = frozenset()


@dataclass(frozen=True, kw_only=True)
class InstitutionDraft:
    """What an administrator says of an institution."""

    slug: str
    name: str
    short_name: str
    kind: InstitutionKind
    city: str
    state: str
    time_zone: str


def invite(draft: PersonDraft, *, by: Actor | None, now: datetime) -> Person:
    """Make a person without a password and mail the way in. Raises EmailTaken."""
    person = Person(
        email=draft.email.lower(),
        given_name=draft.given_name,
        family_name=draft.family_name,
        credentials=draft.credentials,
        institution_id=draft.institution_id,
        fs_uniquifier=uuid.uuid4().hex,
        invited_at=now,
    )
    _set_parts(person, draft)
    session().add(person)
    _flush_person()
    _send_invitation(person, now=now)
    record("person.invited", by=by, subject="person", subject_id=person.id, now=now)
    return person


def invite_again(person: Person, *, by: Actor, now: datetime) -> None:
    """Replace the open invitation of somebody who has not come in yet. Raises InvitationOver."""
    if person.joined_at is not None:
        raise InvitationOver(f"{person.name} has accepted the invitation already.")
    session().execute(delete(Invitation).where(Invitation.person_id == person.id))
    _send_invitation(person, now=now)
    record("person.invited", by=by, subject="person", subject_id=person.id, now=now)


def invited_by_token(token: str, *, now: datetime) -> Person:
    """Return whom an open invitation is for. Raises InvitationOver."""
    return _open_invitation(token, now=now)[1]


def accept_invitation(token: str, *, password_hash: str, now: datetime) -> Person:
    """Let the invited person in with the password chosen. Raises InvitationOver."""
    invitation, person = _open_invitation(token, now=now)
    invitation.used_at = now
    person.password, person.joined_at, person.active = password_hash, now, True
    record("person.joined", subject="person", subject_id=person.id, now=now)
    return person


def edit_person(person: Person, draft: PersonDraft, *, by: Actor, now: datetime) -> None:
    """Change what an administrator may change. Raises EmailTaken."""
    person.email, person.credentials = draft.email.lower(), draft.credentials
    person.given_name, person.family_name = draft.given_name, draft.family_name
    person.institution_id = draft.institution_id
    _flush_person()  # before anything is read that would flush by itself
    _set_parts(person, draft)
    parts = sorted(draft.parts)
    record("person.edited", by=by, subject="person", subject_id=person.id, details={"parts": parts}, now=now)


def deactivate(person: Person, *, by: Actor | None, now: datetime) -> None:
    """Shut a person out at once: sessions and invitations end in the same transaction."""
    if by is not None and person.id == by.person_id:
        raise Invalid("Ask another administrator to deactivate your own account.")
    person.active, person.left_at = False, now
    session().execute(delete(Invitation).where(Invitation.person_id == person.id))
    end_sign_ins_of(person)
    record("person.deactivated", by=by, subject="person", subject_id=person.id, now=now)


def reactivate(person: Person, *, by: Actor, now: datetime) -> None:
    """Let a person sign in again."""
    person.active = True
    record("person.reactivated", by=by, subject="person", subject_id=person.id, now=now)


def create_institution(draft: InstitutionDraft, *, by: Actor | None, now: datetime) -> Institution:
    """Add a member, or the hub itself. Raises Invalid when its short address is taken."""
    institution = Institution(**asdict(draft))
    session().add(institution)
    _flush_institution()
    record("institution.created", by=by, subject="institution", subject_id=institution.id, now=now)
    return institution


def edit_institution(institution: Institution, draft: InstitutionDraft, *, by: Actor, now: datetime) -> None:
    """Change an institution's name, place or zone."""
    for name, value in asdict(draft).items():
        setattr(institution, name, value)
    _flush_institution()
    record("institution.edited", by=by, subject="institution", subject_id=institution.id, now=now)


def _set_parts(person: Person, draft: PersonDraft) -> None:
    person.parts = _kept(person.parts, draft.parts, lambda row: row.part, lambda part: PersonPart(part=part))
    person.specialties = _kept(
        person.specialties, draft.specialties, lambda row: row.specialty, lambda one: PersonSpecialty(specialty=one)
    )


def _kept(rows: Iterable[R], wanted: Iterable[K], key: Callable[[R], K], new: Callable[[K], R]) -> list[R]:
    present = {key(row): row for row in rows}
    return [present.get(one) or new(one) for one in sorted(wanted, key=str)]


def _send_invitation(person: Person, *, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    expires_at = now + INVITATION_LIFETIME
    session().add(Invitation(person_id=person.id, token_hash=_hash(token), expires_at=expires_at))
    tell(person, NoticeKind.INVITATION, link=f"/invitations/{token}", days=INVITATION_LIFETIME.days, now=now)


def _open_invitation(token: str, *, now: datetime) -> tuple[Invitation, Person]:
    found = session().execute(
        select(Invitation, Person)
        .join(Person, Person.id == Invitation.person_id)
        .where(Invitation.token_hash == _hash(token))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("This invitation is not one of ours.")
    invitation, person = row
    if invitation.used_at is not None or invitation.expires_at <= now or not person.active:
        raise InvitationOver("This invitation was used or has expired. Ask your administrator for a new one.")
    return invitation, person


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _flush_person() -> None:
    try:
        session().flush()
    except IntegrityError as error:
        raise EmailTaken(fields={"email": ["Somebody has this address already."]}) from error


def _flush_institution() -> None:
    try:
        session().flush()
    except IntegrityError as error:
        raise Invalid(fields={"slug": ["Another institution has this address already."]}) from error
