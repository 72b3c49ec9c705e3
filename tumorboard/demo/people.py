"""The hub, its three members, and some eighty people who do not exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from flask_security import hash_password

from tumorboard.accounts.domain import InstitutionKind, Part, Specialty
from tumorboard.accounts.models import Institution, Person, PersonPart, PersonSpecialty
from tumorboard.kernel.db import session

PASSWORD = "rounds-at-seven-oclock"  # noqa: S105 - printed at every start of the demo, of nobody's account
DOMAIN = "tumorboard.example"
INSTITUTIONS = (
    ("msk", "Memorial Sloan Kettering", "MSK", InstitutionKind.HUB, "New York", "New York"),
    ("hartford", "Hartford HealthCare Cancer Institute", "Hartford", InstitutionKind.MEMBER, "Hartford", "Connecticut"),
    ("lehigh", "Lehigh Valley Cancer Institute", "Lehigh Valley", InstitutionKind.MEMBER, "Allentown", "Pennsylvania"),
    ("miami", "Miami Cancer Institute", "Miami", InstitutionKind.MEMBER, "Miami", "Florida"),
)
# The people to sign in as: name before the @, given name, family name, credentials, institution, parts, specialty.
ACCOUNTS: tuple[tuple[str, str, str, str, str, tuple[Part, ...], Specialty | None, str], ...] = (
    ("physician", "Ilse", "Varrow", "MD", "hartford", (Part.MEMBER_PHYSICIAN,), Specialty.MEDICAL_ONCOLOGY,
     "a member physician: submits cases and follows them"),
    ("coordinator", "Teo", "Quillan", "MPH", "msk", (), None, "coordinates five boards: triage, agendas, publishing"),
    ("chair", "Maren", "Oduyale", "MD, PhD", "msk", (Part.MEMBER_PHYSICIAN,), Specialty.SURGERY,
     "chairs the thoracic board"),
    ("radiologist", "Bastien", "Corvale", "MD", "msk", (), Specialty.RADIOLOGY, "reads for six boards"),
    ("nurse", "Odile", "Fenwright", "RN, OCN", "lehigh", (Part.CLINICIAN,), Specialty.NURSING,
     "follows grand rounds and lectures"),
    ("admin", "Sunniva", "Parrish-Vale", "", "msk", (Part.ADMINISTRATOR,), None, "runs the service, sees no case"),
    ("privacy", "Anselm", "Drury-Kane", "JD", "msk", (Part.PRIVACY_OFFICER,), None, "reads the audit trail"),
)  # fmt: skip

_GIVEN = [
    "Aldous",
    "Beatrix",
    "Caspian",
    "Delphine",
    "Emeric",
    "Fiora",
    "Galen",
    "Hespera",
    "Isolde",
    "Jorun",
    "Kestrel",
    "Lysander",
    "Mirela",
    "Nils",
    "Ottoline",
    "Percival",
    "Quenby",
    "Rosalind",
    "Soren",
    "Tamsin",
    "Ulric",
    "Verity",
    "Wendeline",
    "Xanthe",
    "Yorick",
    "Zelda",
    "Ansel",
    "Briony",
    "Corin",
    "Dagny",
]
_FAMILY = [
    "Abernook",
    "Brightwell-Oss",
    "Calloran",
    "Dunmere",
    "Ellingsworth",
    "Farrowdale",
    "Grenquist",
    "Hollinmoor",
    "Ivarsund",
    "Jessamine-Roe",
    "Kettlebrook",
    "Lorrimore",
    "Marchbanks-Tao",
    "Nettleship",
    "Oakenfeld",
    "Pellingham",
    "Quartermoor",
    "Ravensholt",
    "Stellmacher-Ito",
    "Thistlewood",
    "Underhaye",
    "Vandersloot-Mbeki",
    "Whitcombe-Sol",
    "Yarborne",
    "Zellwood",
    "Ashgrove-Lin",
    "Birchmore",
    "Coldwater-Ruiz",
]
# Who works at the hub, and at each member: specialty and how many.
_HUB = (
    (Specialty.SURGERY, 6), (Specialty.MEDICAL_ONCOLOGY, 7), (Specialty.RADIATION_ONCOLOGY, 4),
    (Specialty.PATHOLOGY, 4), (Specialty.RADIOLOGY, 3), (Specialty.HEMATOLOGY, 3), (Specialty.TRANSPLANT, 2),
    (Specialty.UROLOGY, 1), (Specialty.NEUROSURGERY, 1), (Specialty.DERMATOLOGY, 1), (Specialty.GENETICS, 1),
    (Specialty.PALLIATIVE_CARE, 1),
)  # fmt: skip
_MEMBER = (
    (Specialty.SURGERY, 3), (Specialty.MEDICAL_ONCOLOGY, 4), (Specialty.RADIATION_ONCOLOGY, 1),
    (Specialty.HEMATOLOGY, 1), (Specialty.NURSING, 1), (Specialty.ADVANCED_PRACTICE, 1),
)  # fmt: skip


@dataclass(frozen=True)
class Alliance:
    """Who there is, by the names that the other makers use."""

    institutions: dict[str, Institution]
    accounts: dict[str, Person]
    hub: dict[Specialty, list[Person]]
    physicians: list[Person]
    coordinators: list[Person]


def make_people(*, now: datetime, random: Random) -> Alliance:
    """Store institutions and people; every one of them signs in with the same password."""
    institutions = {
        slug: Institution(slug=slug, name=name, short_name=short, kind=kind, city=city, state=state, time_zone=_EASTERN)
        for slug, name, short, kind, city, state in INSTITUTIONS
    }
    session().add_all(institutions.values())
    session().flush()
    makers = _Makers(institutions, hash_password(PASSWORD), now, random)
    accounts = {row[0]: makers.account(*row[:-1]) for row in ACCOUNTS}
    hub: dict[Specialty, list[Person]] = {}
    for specialty, count in _HUB:
        hub[specialty] = [makers.somebody("msk", specialty, Part.MEMBER_PHYSICIAN) for _ in range(count)]
    hub[Specialty.RADIOLOGY].insert(0, accounts["radiologist"])
    hub[Specialty.SURGERY].insert(0, accounts["chair"])
    coordinators = [accounts["coordinator"], makers.somebody("msk", None), makers.somebody("msk", None)]
    physicians = [accounts["physician"], *_members(makers)]
    makers.newcomers()
    session().flush()
    return Alliance(institutions, accounts, hub, physicians, coordinators)


_EASTERN = "America/New_York"


def _members(makers: "_Makers") -> Iterator[Person]:
    for slug in ("hartford", "lehigh", "miami"):
        for specialty, count in _MEMBER:
            nurses = specialty in {Specialty.NURSING, Specialty.ADVANCED_PRACTICE}
            for _ in range(count):
                person = makers.somebody(slug, specialty, Part.CLINICIAN if nurses else Part.MEMBER_PHYSICIAN)
                if not nurses:
                    yield person


class _Makers:
    """Makes people whose names never repeat."""

    def __init__(self, institutions: dict[str, Institution], password: str, now: datetime, random: Random) -> None:
        self._institutions, self._password, self._now = institutions, password, now
        names = [(given, family) for given in _GIVEN for family in _FAMILY]
        random.shuffle(names)
        self._names = iter(names)
        self._count = 0

    def account(
        self,
        name: str,
        given: str,
        family: str,
        credentials: str,
        slug: str,
        parts: tuple[Part, ...],
        specialty: Specialty | None,
    ) -> Person:
        """One of the accounts that the start page of the demo names."""
        person = self._person(f"{name}@{DOMAIN}", given, family, slug, parts, specialty)
        person.credentials = credentials
        return person

    def somebody(self, slug: str, specialty: Specialty | None, *parts: Part) -> Person:
        """A person with an invented name."""
        given, family = next(self._names)
        email = f"{given}.{family}@{DOMAIN}".lower()
        person = self._person(email, given, family, slug, parts, specialty)
        nurses = {Specialty.NURSING: "RN", Specialty.ADVANCED_PRACTICE: "NP"}
        person.credentials = nurses.get(specialty, "MD") if specialty else "MPH"
        return person

    def newcomers(self) -> None:
        """One who was invited and has not come yet, and one who has left."""
        invited = self.somebody("miami", Specialty.SURGERY, Part.MEMBER_PHYSICIAN)
        invited.joined_at, invited.password = None, None
        gone = self.somebody("lehigh", Specialty.MEDICAL_ONCOLOGY, Part.MEMBER_PHYSICIAN)
        gone.active = False

    def _person(
        self, email: str, given: str, family: str, slug: str, parts: tuple[Part, ...], specialty: Specialty | None
    ) -> Person:
        self._count += 1
        person = Person(
            email=email,
            given_name=given,
            family_name=family,
            institution=self._institutions[slug],
            fs_uniquifier=f"demo-{self._count:03}",
            password=self._password,
            invited_at=self._now - timedelta(days=200),
            joined_at=self._now - timedelta(days=190),
            parts=[PersonPart(part=part) for part in parts],
            specialties=[PersonSpecialty(specialty=specialty)] if specialty else [],
        )
        session().add(person)
        return person
