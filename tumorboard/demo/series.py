"""Twelve boards, five lecture series, two grand rounds and a symposium, with a year of meetings and what befell them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from tumorboard.accounts.domain import Actor, Specialty
from tumorboard.accounts.models import Person
from tumorboard.demo.people import Alliance
from tumorboard.kernel.clock import local
from tumorboard.kernel.db import session
from tumorboard.meetings.domain import Decision
from tumorboard.meetings.models import Meeting
from tumorboard.meetings.queries import coming_of, effects_of
from tumorboard.meetings.services import cancel_meeting, close_days, make_meetings, move_meeting, set_talk
from tumorboard.series.domain import ClosureCause, ClosureEffect, SeatPart, SeriesKind, Site
from tumorboard.series.models import Series
from tumorboard.series.services import ClosureDraft, SeriesDraft, add_seat, create_series

PAST = timedelta(weeks=12)
_THURSDAY = 3
_S = Specialty
CORE = (_S.SURGERY, _S.MEDICAL_ONCOLOGY, _S.RADIATION_ONCOLOGY, _S.PATHOLOGY, _S.RADIOLOGY)


@dataclass(frozen=True)
class BoardPlan:
    """A board in one line."""

    slug: str
    name: str
    site: Site
    day: str
    starts: time
    length: int
    kind: SeriesKind = SeriesKind.TUMOR_BOARD
    reserve: int = 0
    extra: tuple[Specialty, ...] = ()
    zone: str = "America/New_York"
    room: str = "Conference Center B"


BOARDS = (
    BoardPlan("thoracic", "Thoracic tumor board", Site.THORACIC, "TU", time(7, 0), 60, reserve=10),
    BoardPlan("breast", "Breast tumor board", Site.BREAST, "MO", time(7, 30), 60),
    BoardPlan("gi", "Gastrointestinal tumor board", Site.GI, "WE", time(12, 0), 20),
    BoardPlan("colorectal", "Colorectal disease management team", Site.COLORECTAL, "TH", time(7, 30), 60, SeriesKind.DMT),
    BoardPlan("gu", "Genitourinary tumor board", Site.GU, "TH", time(16, 0), 60, extra=(_S.UROLOGY,)),
    BoardPlan("gynecologic", "Gynecologic tumor board", Site.GYN, "FR", time(7, 30), 60),
    BoardPlan("head-and-neck", "Head and neck tumor board", Site.HEAD_NECK, "WE", time(7, 0), 75),
    BoardPlan("cns", "Central nervous system tumor board", Site.CNS, "FR", time(12, 0), 60, extra=(_S.NEUROSURGERY,)),
    BoardPlan("melanoma", "Melanoma disease management team", Site.MELANOMA, "TU", time(17, 0), 45, SeriesKind.DMT, extra=(_S.DERMATOLOGY,), zone="Europe/London", room="Thames House, London"),
    BoardPlan("sarcoma", "Sarcoma tumor board", Site.SARCOMA, "MO", time(16, 0), 60, zone="America/Phoenix", room="Desert Clinic, Phoenix"),
    BoardPlan("lymphoma", "Lymphoma disease management team", Site.LYMPHOMA, "WE", time(16, 30), 60, SeriesKind.DMT, extra=(_S.HEMATOLOGY,)),
    BoardPlan("bmt", "Bone marrow transplant disease management team", Site.BMT, "TH", time(12, 0), 60, SeriesKind.DMT, extra=(_S.TRANSPLANT, _S.HEMATOLOGY)),
)  # fmt: skip
TEACHING = (
    ("lectures-bmt", "Alliance lectures: bone marrow transplant", "BMT lectures", SeriesKind.LECTURE, "FREQ=MONTHLY;BYDAY=1TU", time(12, 0)),
    ("lectures-breast", "Alliance lectures: breast cancer", "Breast lectures", SeriesKind.LECTURE, "FREQ=MONTHLY;BYDAY=1TH", time(12, 0)),
    ("lectures-colon", "Alliance lectures: colon cancer", "Colon lectures", SeriesKind.LECTURE, "FREQ=MONTHLY;BYDAY=2TU", time(12, 0)),
    ("lectures-quality", "Alliance lectures: quality and outcomes", "Quality lectures", SeriesKind.LECTURE, "FREQ=MONTHLY;BYDAY=3TH", time(12, 0)),
    ("lectures-survivorship", "Alliance lectures: survivorship", "Survivorship lectures", SeriesKind.LECTURE, "FREQ=MONTHLY;BYDAY=4MO", time(12, 0)),
    ("nursing-grand-rounds", "Nursing Grand Rounds", "Nursing rounds", SeriesKind.GRAND_ROUNDS, "FREQ=MONTHLY;BYDAY=2WE", time(8, 0)),
    ("app-grand-rounds", "Advanced Practice Provider Grand Rounds", "APP rounds", SeriesKind.GRAND_ROUNDS, "FREQ=MONTHLY;BYDAY=3FR", time(8, 0)),
)  # fmt: skip
TALKS = {
    "lectures-bmt": ("Choosing the donor in 2026", "Late effects clinics that patients come back to"),
    "lectures-breast": ("Omitting the axilla, and for whom", "Hypofractionation after reconstruction"),
    "lectures-colon": ("ctDNA after resection: what we do with it", "Watch and wait in the community"),
    "lectures-quality": ("From guideline to Tuesday morning", "What a tumor board costs, and saves"),
    "lectures-survivorship": ("Returning to work", "Fatigue: three things that help"),
    "nursing-grand-rounds": ("Oral agents at home: who calls whom", "Extravasation, without panic"),
    "app-grand-rounds": ("Immune-related colitis in the clinic", "Reading a genomic report with the patient"),
    "symposium": ("New standards of care in the alliance",),
}


def make_series(alliance: Alliance, *, by: Actor, now: datetime, random: Random) -> dict[str, Series]:
    """Store all series with rosters, policies and meetings from twelve weeks back to the horizon."""
    began = now - PAST
    first_on = local(began, "America/New_York").date()
    series = {plan.slug: _board(plan, alliance, first_on, by, began) for plan in BOARDS}
    series |= {row[0]: _teaching(row, alliance, first_on, by, began) for row in TEACHING}
    series["symposium"] = _symposium(alliance, now, by, began)
    for number, plan in enumerate(BOARDS):
        _seat_roster(series[plan.slug], plan, number, alliance, by, began)
    session().flush()
    for one in series.values():
        make_meetings(one, now=began)
        make_meetings(one, now=now)
    session().flush()
    return series


def make_events(series: dict[str, Series], alliance: Alliance, *, by: Actor, now: datetime, random: Random) -> None:
    """A cancelled and a moved meeting, a day of snow, talks and speakers, and people who are away."""
    thoracic, sarcoma = _coming(series["thoracic"], now), _coming(series["sarcoma"], now)
    cancel_meeting(sarcoma[2], reason="The chair and the pathologist are both at a congress.", by=by, now=now)
    moved = thoracic[3]
    later = timedelta(hours=9)
    move_meeting(
        moved,
        to_start=moved.starts_at + later,
        to_end=moved.ends_at + later,
        room="Auditorium, 4th floor",
        reason="The conference center has a fire drill that morning.",
        by=by,
        now=now,
    )
    _let_it_snow(alliance, by, now)
    _give_talks(series, by, now)


def _let_it_snow(alliance: Alliance, by: Actor, now: datetime) -> None:
    """A Thursday of snow on which three boards meet: one by video, one on another day, the others not at all."""
    snow = local(now + timedelta(days=7), "America/New_York").date()
    snow += timedelta(days=(_THURSDAY - snow.weekday()) % 7)
    draft = ClosureDraft(
        name="Snow storm",
        cause=ClosureCause.WEATHER,
        effect=ClosureEffect.CANCEL,
        starts_on=snow,
        ends_on=snow,
        institution_id=alliance.institutions["msk"].id,
    )
    effects = effects_of(draft.closing, institution_id=draft.institution_id, now=now)
    decisions = {one.meeting.id: Decision(one.meeting.version, ClosureEffect.CANCEL) for one in effects}
    boards = [one for one in effects if one.meeting.series.kind.is_board]
    for effect, choice in zip(boards, (ClosureEffect.VIDEO_ONLY, ClosureEffect.NEXT_WORKDAY), strict=False):
        meeting = effect.meeting
        decisions[meeting.id] = Decision(meeting.version, choice, effect.offered_at)
    close_days(draft, by=by, now=now, decisions=decisions)


def _coming(series: Series, now: datetime) -> list[Meeting]:
    return list(session().scalars(coming_of(series.id, after=now)))


def _board(plan: BoardPlan, alliance: Alliance, first_on: date, by: Actor, now: datetime) -> Series:
    draft = SeriesDraft(
        slug=plan.slug,
        name=plan.name,
        short_name=plan.site.label if plan.site not in {Site.CNS, Site.BMT} else plan.site.value.upper(),
        kind=plan.kind,
        site=plan.site,
        host_id=alliance.institutions["msk"].id,
        time_zone=plan.zone,
        rule=f"FREQ=WEEKLY;BYDAY={plan.day}",
        starts=plan.starts,
        length_minutes=plan.length,
        first_on=first_on,
        description=f"Complex {plan.site.label.lower()} cases of the hub and its members, every week.",
        audience="Roster of the board, and whoever presents",
        capacity_minutes=plan.length,
        reserve_minutes=plan.reserve,
        case_minutes=10 if plan.length > 60 else 8,
        room=plan.room,
        video_url=f"https://video.{plan.slug}.tumorboard.example/room",
    )
    return create_series(draft, by=by, now=now)


def _teaching(
    row: tuple[str, str, str, SeriesKind, str, time], alliance: Alliance, first_on: date, by: Actor, now: datetime
) -> Series:
    slug, name, short_name, kind, rule, starts = row
    draft = SeriesDraft(
        slug=slug,
        name=name,
        short_name=short_name,
        kind=kind,
        site=Site.EDUCATION,
        host_id=alliance.institutions["msk"].id,
        time_zone="America/New_York",
        rule=rule,
        starts=starts,
        length_minutes=60,
        first_on=first_on,
        audience="Everybody in the alliance",
        room="Auditorium and video",
        video_url=f"https://video.tumorboard.example/{slug}",
    )
    return create_series(draft, by=by, now=now)


def _symposium(alliance: Alliance, now: datetime, by: Actor, began: datetime) -> Series:
    day = local(now + timedelta(weeks=7), "America/New_York").date()
    day += timedelta(days=(4 - day.weekday()) % 7)
    draft = SeriesDraft(
        slug="symposium",
        name="Annual alliance symposium",
        short_name="Symposium",
        kind=SeriesKind.SYMPOSIUM,
        site=Site.EDUCATION,
        host_id=alliance.institutions["msk"].id,
        time_zone="America/New_York",
        rule="FREQ=YEARLY",
        starts=time(9, 0),
        length_minutes=480,
        first_on=day,
        audience="Everybody in the alliance; places are limited",
        room="Grand auditorium",
    )
    return create_series(draft, by=by, now=began)


def _seat_roster(series: Series, plan: BoardPlan, number: int, alliance: Alliance, by: Actor, now: datetime) -> None:
    coordinator = alliance.coordinators[0 if number < 5 else 1 + number % 2]
    add_seat(series, coordinator, part=SeatPart.COORDINATOR, specialty=None, by=by, now=now)
    chair = alliance.accounts["chair"] if plan.slug == "thoracic" else _of(alliance, _S.SURGERY, number + 1)
    add_seat(series, chair, part=SeatPart.CHAIR, specialty=None, by=by, now=now)
    for specialty in (*CORE, *plan.extra):
        for offset in range(2 if specialty is _S.MEDICAL_ONCOLOGY else 1):
            person = _of(alliance, specialty, number + offset)
            if specialty is _S.RADIOLOGY and number < 6:
                person = alliance.accounts["radiologist"]
            add_seat(series, person, part=SeatPart.CORE_MEMBER, specialty=specialty, by=by, now=now)
    guest = alliance.physicians[(number * 5 + 3) % len(alliance.physicians)]
    add_seat(series, guest, part=SeatPart.OBSERVER, specialty=None, by=by, now=now)


def _of(alliance: Alliance, specialty: Specialty, number: int) -> Person:
    people = alliance.hub[specialty]
    return people[number % len(people)]


def _give_talks(series: dict[str, Series], by: Actor, now: datetime) -> None:
    speakers = (
        ("Ottoline Ravensholt, MD", "Memorial Sloan Kettering"),
        ("Corin Yarborne, RN", "Miami Cancer Institute"),
    )
    for slug, titles in TALKS.items():
        for number, (title, meeting) in enumerate(zip(titles, _coming(series[slug], now), strict=False)):
            if meeting.is_cancelled:
                continue
            name, affiliation = speakers[(number + len(slug)) % 2]
            set_talk(
                meeting,
                title=title,
                abstract="An hour with time for questions; bring a case of your own.",
                speaker_name=name,
                speaker_affiliation=affiliation,
                by=by,
                now=now,
            )
