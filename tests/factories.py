"""Plain makers of rows: each stores a valid thing, and what a test cares about it says in its call."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from flask_security import hash_password

from tumorboard.accounts.domain import Actor, InstitutionKind, Part, Specialty
from tumorboard.accounts.models import Institution, Person, PersonPart, PersonSpecialty
from tumorboard.accounts.views.sign_in import load_actor
from tumorboard.cases.domain import CaseState, QuestionKind, Sequencing, Sex, TreatmentStatus, Urgency
from tumorboard.cases.models import Case
from tumorboard.kernel.clock import instant_of
from tumorboard.kernel.db import db, transaction
from tumorboard.kernel.text import random_code
from tumorboard.meetings.models import Meeting
from tumorboard.series.domain import SeatPart, SeriesKind, Site
from tumorboard.series.models import Policy, Seat, Series

PASSWORD = "rounds-at-seven-oclock"
NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York
_number = count(1)


def stored(row: Any) -> Any:
    """Store the row and give it back."""
    with transaction():
        db.session.add(row)
    return row


def an_institution(**overrides: Any) -> Institution:
    """A member in the hub's own zone."""
    number = next(_number)
    values = {
        "slug": f"institute-{number}",
        "name": f"Institute {number}",
        "short_name": f"Institute {number}",
        "kind": InstitutionKind.MEMBER,
        "city": "Hartford",
        "state": "Connecticut",
        "time_zone": "America/New_York",
    }
    return stored(Institution(**{**values, **overrides}))


def a_person(
    *parts: Part, at: Institution | None = None, specialties: Iterable[Specialty] = (), **overrides: Any
) -> Person:
    """Somebody who has come in and can sign in with PASSWORD."""
    number = next(_number)
    values = {
        "email": f"person{number}@example.org",
        "given_name": "Robin",
        "family_name": f"Example{number}",
        "credentials": "MD",
        "fs_uniquifier": f"uniquifier-{number}",
        "institution_id": (at or an_institution()).id,
        "joined_at": NOW - timedelta(days=100),
        "password": hash_password(PASSWORD),
        "parts": [PersonPart(part=part) for part in parts],
        "specialties": [PersonSpecialty(specialty=one) for one in specialties],
    }
    return stored(Person(**{**values, **overrides}))


def a_series(**overrides: Any) -> Series:
    """A thoracic tumor board: Tuesdays at 7:00 in New York, 60 minutes."""
    number = next(_number)
    values = {
        "slug": f"thoracic-{number}",
        "name": "Thoracic tumor board",
        "short_name": "Thoracic",
        "kind": SeriesKind.TUMOR_BOARD,
        "site": Site.THORACIC,
        "time_zone": "America/New_York",
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "starts": time(7, 0),
        "length_minutes": 60,
        "capacity_minutes": 60,
        "first_on": date(2026, 1, 6),
    }
    values |= overrides
    values.setdefault("host_id", an_institution(kind=InstitutionKind.HUB).id)
    values.setdefault("policies", [Policy(effective_on=date(2026, 1, 1), cut_off_days=5, cut_off_at=time(17, 0))])
    return stored(Series(**values))


def seat(series: Series, person: Person, part: SeatPart, specialty: Specialty | None = None) -> Seat:
    """Put the person on the roster."""
    return stored(Seat(series_id=series.id, person_id=person.id, part=part, specialty=specialty))


def as_actor(person: Person) -> Actor:
    """The person as the rules see them now."""
    return load_actor(person)


def sign_in(client: FlaskClient, person: Person) -> FlaskClient:
    """Sign the person in through the page, as everybody does."""
    answer = client.post("/sign-in", data=form(client, "/sign-in", email=person.email, password=PASSWORD))
    assert answer.status_code == 302, answer.text
    return client


def form(client: FlaskClient, path: str, **fields: Any) -> dict[str, Any]:
    """The fields, with the token that the page at the path gives."""
    page = client.get(path).text
    marker = 'name="csrf_token" value="'
    assert marker in page, f"{path} has no form"
    return {"csrf_token": page.split(marker)[1].split('"')[0], **fields}


ANSWERS: dict[str, Any] = {
    "urgency": Urgency.SOON,
    "urgency_reason": "Symptoms are growing",
    "minutes": 10,
    "age_years": 61,
    "sex": Sex.FEMALE,
    "ecog": 1,
    "preferences": "Wants to keep working",
    "patient_knows": "Diagnosis and stage",
    "primary_site": "C34.1 upper lobe, lung",
    "histology": "8140/3 adenocarcinoma",
    "stage_group": "IIIA",
    "treatment_status": TreatmentStatus.NONE_YET,
    "sequencing": Sequencing.ORDERED,
    "title": "Stage IIIA adenocarcinoma: resect after neoadjuvant?",
    "question_kind": QuestionKind.SURGERY,
    "question": "Would you resect after neoadjuvant treatment?",
    "presentation_reason": "Borderline function",
    "local_plan": "Chemoradiation",
}


def a_case(board: Series, **overrides: Any) -> Case:
    """A complete case, submitted to the board two days ago by a physician of a member."""
    submitter = overrides.pop("submitter", None) or a_person(Part.MEMBER_PHYSICIAN)
    values = {
        **ANSWERS,
        "code": random_code(),
        "state": CaseState.SUBMITTED,
        "draft_key": f"key-{next(_number)}",
        "board_id": board.id,
        "submitter_id": submitter.id,
        "presenter_id": submitter.id,
        "responsible_id": submitter.id,
        "institution_id": submitter.institution_id,
        "created_at": NOW - timedelta(days=3),
        "edited_at": NOW - timedelta(days=2),
        "submitted_at": NOW - timedelta(days=2),
    }
    return stored(Case(**{**values, **overrides}))


def an_accepted_case(board: Series, **overrides: Any) -> Case:
    """A case that waits in the board's queue, due in two weeks."""
    values = {
        "state": CaseState.ACCEPTED,
        "accepted_at": NOW - timedelta(days=1),
        "queued_at": NOW - timedelta(days=1),
        "deadline_on": NOW.date() + timedelta(days=14),
    }
    return a_case(board, **{**values, **overrides})


def a_meeting(series: Series, **overrides: Any) -> Meeting:
    """The board's meeting on a Tuesday, so many weeks after NOW: December 8, 2026, unless said otherwise."""
    values = {
        "series_id": series.id,
        "occurs_on": date(2026, 12, 1) + timedelta(weeks=overrides.pop("weeks", 1)),
        "time_zone": series.time_zone,
        "capacity_minutes": series.capacity_minutes,
        "uid": f"meeting-{next(_number)}@tumorboard",
        "created_at": NOW - timedelta(days=30),
        "revised_at": NOW - timedelta(days=30),
    }
    values |= overrides
    values.setdefault("starts_at", instant_of(values["occurs_on"], series.starts, series.time_zone))
    values.setdefault("ends_at", values["starts_at"] + timedelta(minutes=series.length_minutes))
    return stored(Meeting(**values))
