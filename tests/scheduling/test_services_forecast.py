"""When a case submitted today would be discussed."""

from datetime import time, timedelta

import pytest

from tests.factories import NOW, a_case, a_meeting, a_person, a_series, an_accepted_case, stored
from tumorboard.accounts.models import Absence
from tumorboard.cases.domain import CaseState
from tumorboard.meetings.domain import MeetingState
from tumorboard.scheduling.services import outlook_of
from tumorboard.series.models import Series


@pytest.fixture
def board(app) -> Series:
    return a_series()


def test_outlook_is_the_next_open_meeting_with_room(board: Series) -> None:
    a_meeting(board, weeks=1, state=MeetingState.CANCELLED)
    a_meeting(board, weeks=2, capacity_minutes=5)
    open_ = a_meeting(board, weeks=3)

    outlook = outlook_of(an_accepted_case(board), now=NOW)

    assert (outlook.starts_at, outlook.zone, outlook.free_minutes) == (open_.starts_at, "America/New_York", 60)
    assert outlook.cut_off_at < open_.starts_at


def test_outlook_passes_over_a_meeting_whose_cut_off_is_past(board: Series) -> None:
    a_meeting(board, weeks=1)
    later = a_meeting(board, weeks=2)

    draft = a_case(board, state=CaseState.DRAFT, submitted_at=None)

    assert outlook_of(draft, now=NOW + timedelta(days=3)).starts_at == later.starts_at


def test_outlook_where_nothing_is_open_is_none(board: Series) -> None:
    assert outlook_of(an_accepted_case(board), now=NOW) is None


def test_outlook_passes_over_a_meeting_at_which_the_presenter_is_away(board: Series) -> None:
    presenter = a_person()
    first, second = a_meeting(board, weeks=2), a_meeting(board, weeks=3)
    case = a_case(board, presenter_id=presenter.id)
    stored(Absence(person_id=presenter.id, starts_on=first.starts_at.date(), ends_on=first.starts_at.date()))

    assert outlook_of(case, now=NOW).starts_at == second.starts_at


def test_outlook_respects_the_hours_that_the_form_names_where_a_meeting_lies_in_them(board: Series) -> None:
    morning = a_meeting(board, weeks=2)
    at_night = morning.starts_at + timedelta(days=7, hours=13)
    evening = a_meeting(board, weeks=3, starts_at=at_night, ends_at=at_night + timedelta(hours=1))

    joining = a_case(board, joins_from=time(20, 0), joins_until=time(21, 0))
    never = a_case(board, joins_from=time(2, 0), joins_until=time(3, 0))

    assert outlook_of(joining, now=NOW).starts_at == evening.starts_at
    assert outlook_of(never, now=NOW).starts_at == morning.starts_at


def test_outlook_says_why_not_earlier_and_what_would_change_it(board: Series) -> None:
    presenter = a_person()
    first, _ = a_meeting(board, weeks=2), a_meeting(board, weeks=3)
    stored(Absence(person_id=presenter.id, starts_on=first.starts_at.date(), ends_on=first.starts_at.date()))

    why = outlook_of(a_case(board, presenter_id=presenter.id), now=NOW).why

    assert why == (
        "Stands on Tue, Dec 22: the presenter is away on Tue, Dec 15. "
        "Tue, Dec 15 would be possible if the presenter could join."
    )
