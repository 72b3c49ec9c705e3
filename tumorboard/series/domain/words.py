"""The words of a series: kinds, sites, seats, rules, and what can go wrong."""

from enum import StrEnum

from tumorboard.accounts.domain import Part, Specialty
from tumorboard.kernel.errors import Conflict, Invalid

LONGEST_LENGTH_MINUTES = 1440
LONGEST_CUT_OFF_DAYS = 60
USUAL_GOAL_PERCENT = 80
# The specialties of the Commission on Cancer's Standard 2.5, with its attendance goal.
COC_2020 = dict.fromkeys(
    (
        Specialty.SURGERY,
        Specialty.MEDICAL_ONCOLOGY,
        Specialty.RADIATION_ONCOLOGY,
        Specialty.PATHOLOGY,
        Specialty.RADIOLOGY,
    ),
    USUAL_GOAL_PERCENT,
)


class SeriesKind(StrEnum):
    """What kind of thing meets."""

    TUMOR_BOARD = "tumor_board"
    DMT = "dmt"
    LECTURE = "lecture"
    GRAND_ROUNDS = "grand_rounds"
    SYMPOSIUM = "symposium"

    @property
    def label(self) -> str:
        """The kind as it is shown."""
        if self is SeriesKind.DMT:
            return "Disease management team"
        return "Lecture series" if self is SeriesKind.LECTURE else self.value.replace("_", " ").capitalize()

    @property
    def is_board(self) -> bool:
        """Whether it takes cases."""
        return self in {SeriesKind.TUMOR_BOARD, SeriesKind.DMT}


class Site(StrEnum):
    """The disease site of a board; `education` colours what is taught."""

    BREAST = "breast"
    THORACIC = "thoracic"
    GI = "gi"
    COLORECTAL = "colorectal"
    GU = "gu"
    GYN = "gyn"
    HEAD_NECK = "head-neck"
    CNS = "cns"
    MELANOMA = "melanoma"
    SARCOMA = "sarcoma"
    LYMPHOMA = "lymphoma"
    BMT = "bmt"
    EDUCATION = "education"

    @property
    def label(self) -> str:
        """The site as it is shown."""
        return _SITE_LABELS.get(self, self.value.capitalize())


_SITE_LABELS = {
    Site.GI: "Gastrointestinal",
    Site.GU: "Genitourinary",
    Site.GYN: "Gynecologic",
    Site.HEAD_NECK: "Head and neck",
    Site.CNS: "Central nervous system",
    Site.BMT: "Bone marrow transplant",
}


class SeatPart(StrEnum):
    """What a person is on a board's roster."""

    CHAIR = "chair"
    COORDINATOR = "coordinator"
    CORE_MEMBER = "core_member"
    EXTENDED_MEMBER = "extended_member"
    OBSERVER = "observer"

    @property
    def label(self) -> str:
        """The seat as it is shown."""
        return self.value.replace("_", " ").capitalize()

    @property
    def part(self) -> Part:
        """The part whose permissions the seat gives."""
        return _PART_OF_SEAT[self]


_PART_OF_SEAT = {
    SeatPart.CHAIR: Part.CHAIR,
    SeatPart.COORDINATOR: Part.COORDINATOR,
    SeatPart.CORE_MEMBER: Part.BOARD_MEMBER,
    SeatPart.EXTENDED_MEMBER: Part.BOARD_MEMBER,
    SeatPart.OBSERVER: Part.OBSERVER,
}


class HolidayRule(StrEnum):
    """What a series does on a federal holiday."""

    CANCEL = "cancel"
    NEXT_WORKDAY = "next_workday"
    MEET = "meet"

    @property
    def label(self) -> str:
        """The rule as it is shown."""
        return _HOLIDAY_LABELS[self]


_HOLIDAY_LABELS = {
    HolidayRule.CANCEL: "Cancel the meeting",
    HolidayRule.NEXT_WORKDAY: "Meet on the next workday",
    HolidayRule.MEET: "Meet all the same",
}


class ClosureCause(StrEnum):
    """Why a site is closed."""

    WEATHER = "weather"
    HOLIDAY = "holiday"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The cause as it is shown."""
        return self.value.capitalize()


class ClosureEffect(StrEnum):
    """What a closure does to the meetings it touches."""

    CANCEL = "cancel"
    NEXT_WORKDAY = "next_workday"
    VIDEO_ONLY = "video_only"

    @property
    def label(self) -> str:
        """The effect as it is shown."""
        return _EFFECT_LABELS[self]

    @property
    def words(self) -> str:
        """What it does to all meetings, as a sentence."""
        return _EFFECT_WORDS[self]


_EFFECT_LABELS = {
    ClosureEffect.CANCEL: "Cancel",
    ClosureEffect.NEXT_WORKDAY: "Move to the next workday",
    ClosureEffect.VIDEO_ONLY: "Meet by video only",
}
_EFFECT_WORDS = {
    ClosureEffect.CANCEL: "Meetings are cancelled",
    ClosureEffect.NEXT_WORKDAY: "Meetings move to the next workday",
    ClosureEffect.VIDEO_ONLY: "Meetings are by video only",
}


class SeriesClosed(Conflict):
    """The series has ended or never took cases."""


class SeriesChanged(Conflict):
    """Somebody else changed the series since the form was opened."""


class SlugTaken(Invalid):
    """Another series has this address already."""


class RhythmUnreadable(Invalid):
    """The rule is none that calendars understand, or it never comes round."""


class SeatTaken(Invalid):
    """The person plays this part on the board already."""


class PolicyTooEarly(Invalid):
    """A policy cannot change the rules of days gone by."""
