"""The blueprint that the views of this package share, and what they are told from above."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Flask, current_app

from tumorboard.meetings.domain import OwnCase, Reach, Reply
from tumorboard.meetings.models import Meeting

blueprint = Blueprint("meetings", __name__)

ReachOf = Callable[..., Reach]
OwnCasesAt = Callable[[Meeting, int], Sequence[OwnCase]]
RepliesTo = Callable[[int], Sequence[Reply]]
CasesHeld = Callable[[Iterable[int]], Mapping[int, int]]


def install_own_cases(app: Flask, own_cases_at: OwnCasesAt) -> None:
    """Tell the meeting's page what its reader presents there; agendas stand above this package."""
    app.extensions["own_cases_at"] = own_cases_at


def install_reach(app: Flask, reach_of: ReachOf) -> None:
    """Tell coordinators how many calendars know of a change; feeds stand above this package."""
    app.extensions["reach_of"] = reach_of


def reach_of(meeting: Meeting, *, now: datetime) -> Reach:
    """How many calendars show the meeting, and how far its last change has come."""
    found: Reach = current_app.extensions["reach_of"](meeting, now=now)
    return found


def own_cases_at(meeting: Meeting, person_id: int) -> Sequence[OwnCase]:
    """The cases that the person presents at the meeting."""
    found: Sequence[OwnCase] = current_app.extensions["own_cases_at"](meeting, person_id)
    return found


def install_replies(app: Flask, replies_to: RepliesTo) -> None:
    """Tell the meeting's page what those invited by mail answered; feeds stand above this package."""
    app.extensions["replies_to"] = replies_to


def replies_to(meeting: Meeting) -> Sequence[Reply]:
    """What those invited by mail answered, by name."""
    found: Sequence[Reply] = current_app.extensions["replies_to"](meeting.id)
    return found


def install_cases_held(app: Flask, cases_held: CasesHeld) -> None:
    """Tell the preview of a closure how many cases the published agendas of meetings hold."""
    app.extensions["cases_held"] = cases_held


def cases_held(meeting_ids: Iterable[int]) -> Mapping[int, int]:
    """How many cases stand on the published agendas of these meetings, by meeting."""
    found: Mapping[int, int] = current_app.extensions["cases_held"](meeting_ids)
    return found
