"""What the reasons say, in words a physician understands; dates like "Tue, Dec 8", nothing about patients."""

from datetime import date
from functools import lru_cache

from tumorboard.scheduling.engine.plan import ReasonCode

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Why a meeting was passed over; {on} is its day.
SKIPPED: dict[ReasonCode, str] = {
    ReasonCode.OTHER_BOARD: "the meeting on {on} belongs to another board",
    ReasonCode.CANCELLED: "the meeting on {on} is cancelled",
    ReasonCode.CLOSED: "the agenda of {on} is already published",
    ReasonCode.PAST: "the meeting on {on} has passed",
    ReasonCode.NOT_READY: "not ready until {ready}",
    ReasonCode.PRESENTER_AWAY: "the presenter is away on {on}",
    ReasonCode.OUTSIDE_HOURS: "the meeting on {on} is outside the presenter's hours",
    ReasonCode.NO_SPECIALTY: "no {any_specialty} on {on}",
    ReasonCode.TOO_LONG: "the meeting on {on} is shorter than the case",
    ReasonCode.GONE: "the meeting it was published for no longer exists",
    ReasonCode.LOCKED: "a coordinator locked it on {stands}",
    ReasonCode.KEPT: "kept on {stands}, where it was published",
    ReasonCode.ELSEWHERE: "the presenter is in another board at the time on {on}",
    ReasonCode.FULL: "{on} is full{but_for}",
    ReasonCode.FULL_MORE_URGENT: "{on} is full with more urgent cases",
    ReasonCode.RESERVE: "the time left on {on} is held back for urgent cases",
    ReasonCode.NO_ORDER: "the presenters' hours leave no room in the order of {on}",
    ReasonCode.OUTWEIGHED: "there is room on {on}, but the plan as a whole is better with another day",
    ReasonCode.NOT_PLANNED: "this board was not planned again",
}

# What would have to change; the sentence begins with the day it would open.
CHANGES: dict[ReasonCode, str] = {
    ReasonCode.NOT_READY: "if it were ready by then",
    ReasonCode.PRESENTER_AWAY: "if the presenter could join",
    ReasonCode.OUTSIDE_HOURS: "if the presenter could join during the meeting",
    ReasonCode.NO_SPECIALTY: "if {all_specialties} were there",
    ReasonCode.FULL: "if {minutes} more minutes were free",
    ReasonCode.FULL_MORE_URGENT: "if {minutes} more minutes were free",
    ReasonCode.RESERVE: "if {minutes} minutes of the reserve were opened",
    ReasonCode.LOCKED: "if it were unlocked",
    ReasonCode.CLOSED: "as an addition to the published agenda",
    ReasonCode.KEPT: "if the published slot were given up",
}

# What a lock breaks; {on} is the day of the meeting.
WARNINGS: dict[ReasonCode, str] = SKIPPED | {
    ReasonCode.NOT_READY: "it is not ready until {ready}",
    ReasonCode.NO_SPECIALTY: "there is no {any_specialty} on {on}",
    ReasonCode.FULL: "the meeting on {on} is {minutes} minutes over its length",
}


@lru_cache(maxsize=4096)
def day(on: date) -> str:
    """Return the date as "Tue, Dec 8"; not by locale, so that the same plan reads the same everywhere."""
    return f"{WEEKDAYS[on.weekday()]}, {MONTHS[on.month - 1]} {on.day}"


def listed(words: tuple[str, ...], joint: str) -> str:
    """Return the words as "a", "a and b" or "a, b and c"."""
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def sentence(clause: str) -> str:
    """Return the clause with a capital and a full stop."""
    return f"{clause[:1].upper()}{clause[1:]}."
