"""Every reason code by example, and the sentences."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.scheduling.engine.factories import (
    TODAY,
    a_case,
    a_meeting,
    a_presenter,
    a_problem,
    a_rep,
    an_instance,
    published,
)
from tumorboard.scheduling.engine import (
    Board,
    Config,
    Parallel,
    Plan,
    ReasonCode,
    Urgency,
    ViolationCode,
    check,
    plan,
)


def slot_of(case, *others, **problem):
    answer = plan(a_problem(cases=(case, *others), **problem))
    return answer.places[case.id]


def first_skipped(case, *others, **problem):
    return slot_of(case, *others, **problem).skipped[0].why


def test_case_in_the_first_meeting_is_told_so():
    why = slot_of(a_case()).why

    assert (why.code, why.sentence) == (ReasonCode.FIRST_POSSIBLE, "Stands on Tue, Dec 1, the first meeting.")


def test_case_not_ready_is_told_until_when():
    slot = slot_of(a_case(ready=TODAY + timedelta(days=2)))

    assert slot.why.sentence == "Stands on Tue, Dec 8: not ready until Thu, Dec 3."
    assert slot.skipped[0].why["ready"] == "2026-12-03"
    assert slot.earlier.sentence == "Tue, Dec 1 would be possible if it were ready by then."


def test_case_of_a_presenter_away_is_told_so():
    slot = slot_of(a_case(), presenters=(a_presenter(away=(TODAY,)),))

    assert slot.why.code is ReasonCode.PRESENTER_AWAY
    assert slot.why.sentence == "Stands on Tue, Dec 8: the presenter is away on Tue, Dec 1."
    assert slot.earlier.sentence == "Tue, Dec 1 would be possible if the presenter could join."
    assert slot.earlier["presenter"] == "dr-a"


def test_case_outside_the_presenters_hours_is_told_so():
    meetings = (a_meeting(0, start=600), a_meeting(1))
    slot = slot_of(a_case(), meetings=meetings, presenters=(a_presenter(window=(900, 1100)),))

    assert slot.skipped[0].why.code is ReasonCode.OUTSIDE_HOURS
    assert slot.earlier.code is ReasonCode.OUTSIDE_HOURS


def test_case_without_its_specialty_is_told_which():
    why = first_skipped(a_case(specialties=("pathology",)), reps=(a_rep(absent=(TODAY,)),))

    assert (why.code, why.sentence) == (ReasonCode.NO_SPECIALTY, "No pathology on Tue, Dec 1.")
    assert why["specialties"] == ("pathology",)


def test_cancelled_meeting_is_told():
    why = first_skipped(a_case(), meetings=(a_meeting(0, cancelled=True), a_meeting(1)))

    assert (why.code, why.sentence) == (ReasonCode.CANCELLED, "The meeting on Tue, Dec 1 is cancelled.")


def test_meeting_too_short_is_told():
    meetings = (a_meeting(0, minutes=5), a_meeting(1))

    assert first_skipped(a_case(), meetings=meetings).code is ReasonCode.TOO_LONG


def test_meeting_full_with_more_urgent_cases_names_them_in_the_arguments_only():
    why = first_skipped(a_case(minutes=40), a_case(id="pressing", minutes=40, urgency=Urgency.URGENT))

    assert (why.code, why.sentence) == (
        ReasonCode.FULL_MORE_URGENT,
        "Tue, Dec 1 is full with more urgent cases.",
    )
    assert (why["cases"], why["minutes"]) == (("pressing",), 20)


def test_meeting_full_with_cases_as_urgent_is_told():
    why = first_skipped(a_case(id="z", minutes=40), a_case(id="a", minutes=40))

    assert (why.code, why["cases"]) == (ReasonCode.FULL, ("a",))


def test_reserve_that_bars_a_routine_case_is_told():
    slot = slot_of(a_case(minutes=50), meetings=(a_meeting(0, reserve=20), a_meeting(1)))

    assert slot.skipped[0].why.code is ReasonCode.RESERVE
    assert slot.earlier.sentence == ("Tue, Dec 1 would be possible if 10 minutes of the reserve were opened.")


def test_case_kept_where_it_was_published_is_told_so():
    slot = slot_of(a_case(published=published(1)))

    assert slot.skipped[0].why.code is ReasonCode.KEPT
    assert slot.why.sentence == "Stands on Tue, Dec 8, where it was published."


def test_locked_case_is_told_so():
    slot = slot_of(a_case(locked="m1"))

    assert slot.skipped[0].why.code is ReasonCode.LOCKED
    assert slot.why.sentence == "Stands on Tue, Dec 8, where a coordinator locked it."


def test_case_of_a_presenter_in_another_board_is_told_so():
    boards = (Board("gi", "hub"), Board("lung", "hub"))
    meetings = (a_meeting(0), a_meeting(1), a_meeting(0, id="l0", board="lung"))
    other = a_case(board="lung", urgency=Urgency.URGENT)
    config = Config(parallel=Parallel.FORBID)

    why = first_skipped(a_case(), other, boards=boards, meetings=meetings, config=config)

    assert why.code is ReasonCode.ELSEWHERE


def test_case_that_fits_no_order_is_told_so():
    cases = [a_case(id=each, presenter=f"dr-{each}") for each in "zab"]
    presenters = tuple(a_presenter(f"dr-{each}", window=(960, 985)) for each in "zab")

    assert first_skipped(*cases, presenters=presenters).code is ReasonCode.NO_ORDER


def test_case_for_which_the_plan_as_a_whole_prefers_a_later_day_is_told_so():
    meetings = (a_meeting(0), a_meeting(1, cancelled=True), a_meeting(2), a_meeting(3))
    dear = Config(move_earlier=9, move_later=1)
    case = a_case(id="z", minutes=40, published=published(2), deadline=TODAY + timedelta(days=99))
    locked = a_case(id="a", minutes=40, locked="m2")

    why = first_skipped(case, locked, meetings=meetings, config=dear)

    assert why.code is ReasonCode.OUTWEIGHED


def test_case_without_any_meeting_waits_with_the_reason():
    (waiting,) = plan(a_problem(cases=(a_case(),), meetings=())).waiting

    assert waiting.why.code is ReasonCode.NO_MEETING
    assert waiting.why.sentence == "Waits: the board has no meeting until Tue, Dec 29."


def test_case_that_fits_nowhere_waits_with_the_reason_of_the_last_possible_meeting():
    locked = [a_case(id=f"l{week}", minutes=60, locked=f"m{week}") for week in (0, 1)]
    (waiting,) = plan(a_problem(cases=(a_case(), *locked))).waiting

    assert waiting.why.sentence == "Waits: Tue, Dec 8 is full."
    assert [skip.meeting for skip in waiting.skipped] == ["m0", "m1"]


def test_meeting_whose_only_free_minutes_are_its_break_says_so():
    config = Config(break_minutes=10, break_from=60)
    locked = [a_case(minutes=25, locked=f"m{week}") for week in (0, 0, 1, 1)]
    (waiting,) = plan(a_problem(cases=(a_case(minutes=10), *locked), config=config)).waiting

    assert waiting.why.sentence == "Waits: Tue, Dec 8 is full but for its break of 10 minutes."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"meetings": (a_meeting(0, cancelled=True), a_meeting(1))}, ReasonCode.CANCELLED),
        ({"meetings": (a_meeting(1),)}, ReasonCode.GONE),
        ({"presenters": (a_presenter(away=(TODAY,)),)}, ReasonCode.PRESENTER_AWAY),
    ],
)
def test_move_of_a_published_case_says_why(change, code):
    (move,) = plan(a_problem(cases=(a_case(published=published(0, 5)),), **change)).moves

    assert (move.from_meeting, move.from_start, move.to_meeting) == ("m0", 5, "m1")
    assert move.why.code is code


def test_move_within_the_meeting_beyond_the_tolerance_is_a_move():
    cases = (a_case(published=published(0, 0)), a_case(minutes=20, urgency=Urgency.URGENT))

    (move,) = plan(a_problem(cases=cases)).moves

    assert (move.to_meeting, move.to_start, move.why.code) == ("m0", 20, ReasonCode.REORDERED)


def test_every_case_has_one_reason_and_one_for_each_skipped_meeting():
    problem = an_instance(boards=2, cases=60, weeks=5, seed=1)
    calendar = {meeting.id: meeting for meeting in problem.meetings}

    answer = plan(problem)

    for slot in answer.slots:
        chosen = calendar[slot.meeting]
        own = [meeting for meeting in problem.meetings if meeting.board == chosen.board]
        earlier = [meeting.id for meeting in own if meeting.date >= TODAY and meeting.order < chosen.order]
        assert [skip.meeting for skip in slot.skipped] == earlier
        assert slot.why is not None
    assert all(waiting.why is not None for waiting in answer.waiting)


def test_sentences_name_no_case_and_are_sentences():
    problem = an_instance(boards=2, cases=60, weeks=5, seed=2)
    answer = plan(problem)
    asked = [*answer.slots, *answer.waiting]
    said = [skip.why.sentence for each in asked for skip in each.skipped]
    said += [each.why.sentence for each in asked] + [each.earlier.sentence for each in asked if each.earlier]

    for sentence in said:
        assert re.fullmatch(r"[A-Z0-9][^{}]*\.", sentence)
        assert not re.search(r"c\d{4}|p\d{3}", sentence)


BARRED = {
    ReasonCode.CANCELLED: ViolationCode.CANCELLED,
    ReasonCode.NOT_READY: ViolationCode.NOT_READY,
    ReasonCode.PRESENTER_AWAY: ViolationCode.PRESENTER_AWAY,
    ReasonCode.OUTSIDE_HOURS: ViolationCode.OUTSIDE_HOURS,
    ReasonCode.NO_SPECIALTY: ViolationCode.NO_SPECIALTY,
    ReasonCode.TOO_LONG: ViolationCode.OVER_LENGTH,
    ReasonCode.FULL: ViolationCode.OVER_LENGTH,
    ReasonCode.FULL_MORE_URGENT: ViolationCode.OVER_LENGTH,
    ReasonCode.RESERVE: ViolationCode.RESERVE,
}


@pytest.mark.parametrize("engine", ["auto", "stdlib"])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_reason_is_contradicted_by_the_check(engine, seed):
    problem = an_instance(boards=2, cases=40, weeks=4, seed=seed)
    answer = plan(problem, engine=engine)

    for slot in answer.slots:
        for skip in slot.skipped:
            if skip.why.code in BARRED:
                others = [each for each in answer.slots if each is not slot]
                tried = Plan((*others, replace(slot, meeting=skip.meeting, start=0)), answer.waiting)
                found = {(each.code, each.meeting) for each in check(problem, tried)}
                assert (BARRED[skip.why.code], skip.meeting) in found


def test_reasons_taken_over_from_the_last_plan_are_those_found_anew():
    problem = an_instance(boards=4, cases=80, weeks=5, seed=6)
    before = plan(problem)
    gone = problem.cases[0]
    fewer = replace(problem, cases=problem.cases[1:])

    after = plan(fewer, previous=before)

    assert gone.id not in after.places
    assert after == plan(fewer)
