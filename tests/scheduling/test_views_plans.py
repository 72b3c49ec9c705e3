"""Coming weeks, proposals, what if, and the planning policy, as a coordinator uses them."""

import re

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import NOW, a_meeting, a_person, a_series, an_accepted_case, as_actor, form, seat, sign_in, stored
from tumorboard.agendas.models import AgendaItem
from tumorboard.agendas.services import agenda_for, place_case, publish
from tumorboard.cases.domain import Urgency
from tumorboard.cases.models import Case
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.scheduling.domain import MoveKind, PlanCause, PlanMode, PlanSettings, RunState
from tumorboard.scheduling.jobs import plan_board, planner
from tumorboard.scheduling.models import PlanMove, PlanningPolicy, PlanRun
from tumorboard.scheduling.queries import proposal_of, settings_of
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Series

PLAN = "/series/thoracic/plan"
POLICY = "/series/thoracic/planning-policy"
USUAL = {
    "mode": "apply",
    "emergent_days": "2",
    "urgent_days": "7",
    "soon_days": "14",
    "routine_days": "28",
    "move_price": "300",
    "parallel": "allow",
}


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def board(app) -> Series:
    return a_series(slug="thoracic")


@pytest.fixture
def coordinator(client: FlaskClient, board: Series) -> FlaskClient:
    person = a_person()
    seat(board, person, SeatPart.COORDINATOR)
    return sign_in(client, person)


def _proposed(board: Series) -> tuple[Case, Meeting, Meeting]:
    """An emergent case on the second meeting, proposed for the first, whose agenda is published."""
    soon, later, by = a_meeting(board, weeks=1), a_meeting(board, weeks=2), as_actor(a_person())
    told = an_accepted_case(board)
    with transaction():
        agenda = agenda_for(soon, now=NOW)
        place_case(agenda, told, by=by, now=NOW)
        publish(agenda, by=by, now=NOW)
    emergent = an_accepted_case(board, urgency=Urgency.EMERGENT, deadline_on=NOW.date())
    plan_board(board.id, cause=PlanCause.ASKED)
    return emergent, soon, later


def _meeting_of(case: Case) -> int:
    db.session.expire_all()
    return db.session.scalars(select(AgendaItem).where(AgendaItem.case_id == case.id)).one().agenda.meeting_id


def test_coming_weeks_show_what_stands_and_what_is_proposed(coordinator: FlaskClient, board: Series) -> None:
    emergent, _, _ = _proposed(board)

    page = coordinator.get(PLAN).text

    assert f"{emergent.code}</a>: Tue, Dec 15, 7:00 AM → Tue, Dec 8, 7:00 AM" in page
    assert "Would go to Tue, Dec 8, 7:00 AM" in page
    assert "Would come from Tue, Dec 15, 7:00 AM" in page


def test_proposal_is_applied_by_one_press(coordinator: FlaskClient, board: Series) -> None:
    emergent, soon, _ = _proposed(board)
    path = f"/series/thoracic/proposals/{proposal_of(board.id).id}/acceptance"

    coordinator.post(path, data=form(coordinator, PLAN))

    assert "Done. Presenters whose published time changed were told." in coordinator.get(PLAN).text
    assert _meeting_of(emergent) == soon.id


def test_proposal_is_dismissed_by_one_press(coordinator: FlaskClient, board: Series) -> None:
    emergent, _, later = _proposed(board)
    path = f"/series/thoracic/proposals/{proposal_of(board.id).id}/dismissal"

    coordinator.post(path, data=form(coordinator, PLAN))

    assert "Everything stays as it stands." in coordinator.get(PLAN).text
    assert _meeting_of(emergent) == later.id


def test_dismissed_proposal_is_told_of_where_it_stood(coordinator: FlaskClient, board: Series) -> None:
    _proposed(board)
    run = proposal_of(board.id)
    path, count = f"/series/thoracic/proposals/{run.id}/dismissal", len(run.moves)
    coordinator.post(path, data=form(coordinator, PLAN))
    plan_board(board.id, cause=PlanCause.ASKED)

    page = coordinator.get(PLAN).text

    by = db.session.get_one(PlanRun, run.id).decided_by.display_name
    changes = f"{count} change{'' if count == 1 else 's'}"
    assert f"{by} dismissed a proposal of {changes} on Tue, Dec 1, 10:00 AM." in page
    assert "Just this is not proposed again." in page


def test_proposal_pressed_twice_says_so_and_changes_nothing(coordinator: FlaskClient, board: Series) -> None:
    _proposed(board)
    path, data = f"/series/thoracic/proposals/{proposal_of(board.id).id}/acceptance", form(coordinator, PLAN)
    coordinator.post(path, data=data)

    coordinator.post(path, data=data)

    assert "replaced or decided meanwhile" in coordinator.get(PLAN).text


def test_case_without_a_meeting_is_listed_with_the_reason(coordinator: FlaskClient, board: Series) -> None:
    case = an_accepted_case(board, minutes=90)
    a_meeting(board)
    plan_board(board.id, cause=PlanCause.ASKED)

    page = coordinator.get(PLAN).text

    assert case.code in page
    assert "shorter than the case" in page


def test_coming_weeks_cost_the_same_for_one_case_and_for_three(
    coordinator: FlaskClient, board: Series, statements
) -> None:
    a_meeting(board)
    counts = []
    for _ in range(3):
        an_accepted_case(board)
        plan_board(board.id, cause=PlanCause.ASKED)
        with statements() as counted:
            coordinator.get(PLAN)
        counts.append(counted.count)

    assert counts[0] == counts[2]


def test_overview_names_who_presents_in_two_boards_at_once(coordinator: FlaskClient, board: Series) -> None:
    other, by = a_series(), as_actor(a_person())
    first, second = a_meeting(board), a_meeting(other)
    one = an_accepted_case(board)
    two = an_accepted_case(other, presenter_id=one.presenter_id)
    with transaction():
        place_case(agenda_for(first, now=NOW), one, by=by, now=NOW)
        place_case(agenda_for(second, now=NOW), two, by=by, now=NOW)

    page = coordinator.get("/plans").text

    assert "1 presenter<" in page
    assert one.code in page


def test_what_if_shows_who_would_move_and_changes_nothing(coordinator: FlaskClient, board: Series) -> None:
    soon, later = a_meeting(board, weeks=1), a_meeting(board, weeks=2)
    case = an_accepted_case(board)
    plan_board(board.id, cause=PlanCause.ASKED)
    runs = db.session.scalar(select(func.count()).select_from(PlanRun))

    page = coordinator.get(f"/meetings/{soon.id}/what-if?kind=away&case={case.id}").text

    assert "1 case would move" in page
    assert f"{case.code}: Tue, Dec 8, 7:00 AM → Tue, Dec 15, 7:00 AM" in page
    assert _meeting_of(case) == soon.id
    assert db.session.scalar(select(func.count()).select_from(PlanRun)) == runs
    assert later.id


def test_what_if_tells_lateness_and_cases_without_a_meeting_in_two_sentences(
    coordinator: FlaskClient, board: Series
) -> None:
    only, case = a_meeting(board), an_accepted_case(board)

    page = coordinator.get(f"/meetings/{only.id}/what-if?kind=away&case={case.id}").text

    assert re.search(
        r"Lateness, with the price of moving published cases, would grow by [\d,]+ points, as much as \d+ routine cases a week late\.",
        page,
    )
    assert " late. 1 instead of 0 cases would be without a meeting." in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("kind=away&case=2147483647", "Choose a case from the list."),
        ("kind=longer&minutes=100000", "Enter whole minutes from -240 to 240, but not 0."),
        ("kind=longer&minutes=", "Enter whole minutes from -240 to 240, but not 0."),
        ("kind=longer&minutes=soon", "Enter whole minutes from -240 to 240, but not 0."),
        ("kind=urgency&urgency=whenever", "Choose an urgency."),
    ],
)
def test_what_if_about_nothing_gets_a_sentence(
    coordinator: FlaskClient, board: Series, query: str, sentence: str
) -> None:
    meeting = a_meeting(board)

    answer = coordinator.get(f"/meetings/{meeting.id}/what-if?{query}")

    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_case_of_another_board_is_not_named_by_what_if(coordinator: FlaskClient, board: Series) -> None:
    meeting, foreign = a_meeting(board), an_accepted_case(a_series())

    answer = coordinator.get(f"/meetings/{meeting.id}/what-if?kind=away&case={foreign.id}")

    assert (answer.status_code, foreign.code in answer.text) == (422, False)


def test_policy_is_saved_and_holds_from_then_on(coordinator: FlaskClient, board: Series) -> None:
    typed = {**USUAL, "mode": "propose", "routine_days": "21", "early_leave": "pathology"}

    answer = coordinator.post(POLICY, data=form(coordinator, POLICY, **typed))

    assert answer.status_code == 303
    settings = settings_of(board.id)
    assert (settings.mode, settings.routine_days, settings.early_leave) == (PlanMode.PROPOSE, 21, ("pathology",))


def test_policy_form_shows_what_is_in_force(coordinator: FlaskClient, board: Series) -> None:
    coordinator.post(POLICY, data=form(coordinator, POLICY, **{**USUAL, "routine_days": "21"}))

    assert 'name="routine_days" value="21"' in coordinator.get(POLICY).text


@pytest.mark.parametrize("wrong", [{"routine_days": "soon"}, {"move_price": "17"}, {"break_minutes": "999"}])
def test_refused_policy_stores_nothing_and_keeps_what_was_typed(
    coordinator: FlaskClient, board: Series, wrong: dict[str, str]
) -> None:
    answer = coordinator.post(POLICY, data=form(coordinator, POLICY, **{**USUAL, "soon_days": "11", **wrong}))

    assert (answer.status_code, 'value="11"' in answer.text) == (422, True)
    assert settings_of(board.id) == PlanSettings()


def test_preview_replays_the_last_weeks_and_stores_nothing(coordinator: FlaskClient, board: Series) -> None:
    a_meeting(board, weeks=-3)
    an_accepted_case(board, submitted_at=NOW.replace(month=11, day=2), deadline_on=NOW.date().replace(month=11, day=20))

    answer = coordinator.post(POLICY + "?preview=1", data=form(coordinator, POLICY, **USUAL))

    assert answer.status_code == 200
    assert "1 of 1" in answer.text
    assert "planned anew week by week, once with the policy in force and once with the policy below" in answer.text
    assert db.session.scalar(select(func.count()).select_from(PlanningPolicy)) == 0


def test_preview_shows_a_reserve_that_starves_the_board_beside_the_policy_in_force(
    coordinator: FlaskClient, board: Series
) -> None:
    a_meeting(board, weeks=-3)
    an_accepted_case(board, submitted_at=NOW.replace(month=11, day=2))
    typed = {**USUAL, "reserve_minutes": "240"}

    page = coordinator.post(POLICY + "?preview=1", data=form(coordinator, POLICY, **typed)).text

    assert '<td class="r num">1 of 1</td><td class="r num">0 of 1</td>' in page


def test_board_of_somebody_else_is_named_in_the_overview_but_not_its_case(
    coordinator: FlaskClient, board: Series
) -> None:
    other, by = a_series(), as_actor(a_person())
    first, second = a_meeting(board), a_meeting(other)
    one = an_accepted_case(board)
    two = an_accepted_case(other, presenter_id=one.presenter_id)
    with transaction():
        place_case(agenda_for(first, now=NOW), one, by=by, now=NOW)
        place_case(agenda_for(second, now=NOW), two, by=by, now=NOW)

    page = coordinator.get("/plans").text

    assert (one.code in page, two.code in page) == (True, False)


def test_page_that_asks_while_the_planner_answers_somebody_else_is_told_so_at_once(
    coordinator: FlaskClient, board: Series
) -> None:
    meeting = a_meeting(board)
    an_accepted_case(board)

    with planner._lock:
        answer = coordinator.get(f"/meetings/{meeting.id}/what-if?kind=longer&minutes=5")

    assert (answer.status_code, "The planner is answering somebody else." in answer.text) == (429, True)


def test_meeting_that_is_not_there_is_found_out_before_anything_is_planned(
    coordinator: FlaskClient, board: Series
) -> None:
    answer = coordinator.post("/series/thoracic/plans", data=form(coordinator, PLAN, meeting="99999"))

    assert answer.status_code == 404
    assert db.session.scalar(select(func.count()).select_from(PlanRun)) == 0


def test_case_without_a_meeting_says_why_it_waits_and_not_where_it_is_only_proposed(
    coordinator: FlaskClient, board: Series
) -> None:
    case = an_accepted_case(board)
    plan_board(board.id, cause=PlanCause.ASKED)
    meeting = a_meeting(board, capacity_minutes=5)
    move = PlanMove(case_id=case.id, kind=MoveKind.PLACED, to_meeting_id=meeting.id, why="Stands on Tue, Dec 8.")
    times = {"cause": PlanCause.ASKED, "started_at": NOW, "finished_at": NOW}
    stored(PlanRun(series_id=board.id, state=RunState.PROPOSED, moves=[move], **times))

    waiting = coordinator.get(PLAN).text.split("Without a meeting")[1]
    page = coordinator.get(f"/cases/{case.code}").text

    assert "Waits: the board has no meeting until" in waiting
    assert "Stands on Tue, Dec 8." not in waiting
    assert "Why it waits" in page
    assert "Waits: the board has no meeting until" in page


def test_proposal_names_the_hour_at_which_a_case_would_be_discussed_in_the_same_meeting(
    coordinator: FlaskClient, board: Series
) -> None:
    meeting, case = a_meeting(board), an_accepted_case(board)
    same = {"from_meeting_id": meeting.id, "to_meeting_id": meeting.id, "starts_minute": 16}
    move = PlanMove(case_id=case.id, kind=MoveKind.MOVED, why="The order of Tue, Dec 8 changed.", **same)
    times = {"cause": PlanCause.ASKED, "started_at": NOW, "finished_at": NOW}
    proven = {"status": "feasible", "levels": {"late": 7}, "bounds": {"late": 7}}
    stored(PlanRun(series_id=board.id, state=RunState.PROPOSED, moves=[move], **times, **proven))

    page, runs = coordinator.get(PLAN).text, coordinator.get("/series/thoracic/plans").text

    assert "Tue, Dec 8, 7:00 AM, discussed at 7:16 AM then" in page
    assert f"{case.code}: another time on Tue, Dec 8, 7:00 AM." in runs
    assert "no plan is less late, proven" in runs
    assert "0 points of lateness better" not in runs


def test_figures_of_a_run_say_what_they_count(coordinator: FlaskClient, board: Series) -> None:
    times = {"cause": PlanCause.ASKED, "started_at": NOW, "finished_at": NOW}
    good = {"status": "feasible", "levels": {"late": 1494, "joins": 2}, "bounds": {"late": 498}}
    stored(PlanRun(series_id=board.id, state=RunState.APPLIED, **times, **good))

    page = coordinator.get("/series/thoracic/plans").text

    assert "another plan could save 996 points, as much as 2 routine cases a week late, at most" in page
    assert "Exact figures" in page
    assert "Lateness and the price of moves, in points" in page
    assert "No plan is below" in page
    assert "Levels and bounds" not in page
