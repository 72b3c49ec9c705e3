"""The instance: reading, refusing, writing, and its digest."""

import re

import pytest

from tests.scheduling.engine.factories import (
    a_case,
    a_meeting,
    a_presenter,
    a_problem,
    an_instance,
    published,
    shuffled,
)
from tumorboard.scheduling.engine import BadInstance, Config, PastDelay, Problem, digest


def _data(**case):
    data = a_problem(cases=(a_case(id="a"),)).to_json()
    data["cases"][0] |= case
    return data


def test_problem_written_and_read_is_the_same():
    problem = an_instance(boards=3, cases=20, weeks=4, seed=1)

    assert Problem.from_json(problem.to_json()) == problem


def test_problem_with_history_written_and_read_is_the_same():
    problem = a_problem(history=(PastDelay("gi", "north", delay=4, cases=2),))

    assert Problem.from_json(problem.to_json()) == problem


def test_digest_of_shuffled_lists_is_the_same():
    problem = an_instance(boards=3, cases=20, weeks=4, seed=1)

    assert digest(Problem.from_json(shuffled(problem, 7))) == digest(problem)


def test_digest_of_another_deadline_is_another():
    assert digest(Problem.from_json(_data(deadline="2026-12-30"))) != digest(Problem.from_json(_data()))


def test_config_by_urgency_names_equals_config_by_list():
    data = _data()
    data["config"]["w_urgency"] = {"emergent": 27, "urgent": 9, "soon": 3, "routine": 1}

    assert Problem.from_json(data).config == Config()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"minutes": 0}, "cases[0].minutes must be a whole number above 0."),
        ({"minutes": True}, "cases[0].minutes must be a whole number above 0."),
        ({"minutes": "10"}, "cases[0].minutes must be a whole number above 0."),
        ({"urgency": "asap"}, "cases[0].urgency must be one of emergent, urgent, soon, routine."),
        ({"deadline": "8 Dec"}, "cases[0].deadline must be a date written YYYY-MM-DD."),
        ({"id": 7}, "cases[0].id must be text."),
        ({"board": "lung"}, "cases[a].board must name a board of the instance."),
        ({"presenter": "dr-x"}, "cases[a].presenter must name a presenter of the instance."),
        ({"locked": "m9"}, "cases[a].locked must name a meeting of the instance."),
        ({"published": {"meeting": "m0"}}, "cases[0].published.start must be a whole number of at least 0."),
        ({"specialties": "pathology"}, "cases[0].specialties must be a list."),
    ],
)
def test_problem_with_a_wrong_field_is_refused_by_its_name(change, sentence):
    with pytest.raises(BadInstance) as refused:
        Problem.from_json(_data(**change))

    assert str(refused.value) == sentence


@pytest.mark.parametrize("data", [None, [], "x", 3, {}])
def test_problem_that_is_no_object_is_refused(data):
    with pytest.raises(BadInstance):
        Problem.from_json(data)


def test_problem_with_a_window_backwards_is_refused():
    data = _data()
    data["presenters"][0]["window"] = [900, 800]

    with pytest.raises(BadInstance, match=r"presenters\[0\].window must be"):
        Problem.from_json(data)


def test_problem_with_an_id_twice_is_refused():
    with pytest.raises(BadInstance, match=r"cases\[a\].id must not occur twice"):
        a_problem(cases=(a_case(id="a"), a_case(id="a")))


def test_case_published_in_a_meeting_no_longer_there_is_accepted():
    problem = a_problem(cases=(a_case(published=published(9)),), presenters=(a_presenter(),))

    assert problem.cases[0].published == published(9)


def test_meetings_given_in_any_order_stand_in_calendar_order():
    problem = a_problem(meetings=(a_meeting(2), a_meeting(0), a_meeting(1)))

    assert [meeting.id for meeting in problem.meetings] == ["m0", "m1", "m2"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"config": {"beyond_days": 10**12}}, "config.beyond_days must be at most 1,000,000."),
        ({"config": {"w_urgency": [10**18, 1, 1, 1]}}, "config.w_urgency[0] must be at most 1,000,000."),
        ({"horizon_end": "9999-12-31"}, "horizon_end must lie between 1900 and 2500."),
        ({"boards": [{"id": "", "host": "hub"}]}, "boards.id must not be empty."),
    ],
)
def test_numbers_and_days_beyond_all_reason_are_refused_by_name(change, sentence):
    data = {"today": "2026-12-01", "horizon_end": "2026-12-30"} | change

    with pytest.raises(BadInstance, match=re.escape(sentence)):
        Problem.from_json(data)
