"""The life cycle of a case against a table written by hand, and how far a form is."""

import pytest

from tests.factories import ANSWERS
from tumorboard.cases.domain import (
    NEEDED,
    SECTIONS,
    Act,
    CaseState,
    NotInThisState,
    SectionState,
    missing,
    next_state,
    progress,
)

# Every step there is: from, act, to. Whoever changes the life cycle changes this table too, and says why.
STEPS = """
draft       submit    submitted
draft       withdraw  withdrawn
submitted   accept    accepted
submitted   return    returned
submitted   decline   declined
submitted   redirect  submitted
submitted   withdraw  withdrawn
returned    submit    submitted
returned    withdraw  withdrawn
accepted    schedule  scheduled
accepted    note      noted
accepted    withdraw  withdrawn
scheduled   schedule  scheduled
scheduled   defer     accepted
scheduled   present   presented
scheduled   note      noted
scheduled   withdraw  withdrawn
presented   recommend recommended
noted       follow_up followed_up
recommended follow_up followed_up
followed_up close     closed
"""
TABLE = {(CaseState(start), Act(act)): CaseState(end) for start, act, end in map(str.split, STEPS.strip().splitlines())}
ENDS = {CaseState.DECLINED, CaseState.CLOSED, CaseState.WITHDRAWN}


@pytest.mark.parametrize("state", list(CaseState))
@pytest.mark.parametrize("act", list(Act))
def test_act_leads_where_the_table_says_or_is_refused_with_a_sentence(act: Act, state: CaseState) -> None:
    if (state, act) in TABLE:
        assert next_state(state, act) is TABLE[state, act]
        return

    with pytest.raises(NotInThisState) as error:
        next_state(state, act)

    assert error.value.message.startswith(f"This case is “{state.label.lower()}” now, so it cannot be ")
    assert error.value.message.endswith(".")


def test_every_state_but_the_ends_leads_on_and_every_state_is_reached() -> None:
    assert set(CaseState) - {start for start, _ in TABLE} == ENDS
    assert {CaseState.DRAFT, *TABLE.values()} == set(CaseState)


def test_every_act_is_told_in_words() -> None:
    assert all(act.label for act in Act)
    assert len({act.label for act in Act}) == len(Act)


def _answers(**overrides) -> dict:
    return {**ANSWERS, "board_id": 1, "presenter_id": 2, "studies": [], **overrides}


def test_complete_form_misses_nothing() -> None:
    assert [missing(section, _answers()) for section in SECTIONS] == [()] * len(SECTIONS)


@pytest.mark.parametrize("name", sorted(NEEDED))
@pytest.mark.parametrize("blank", [None, ""])
def test_blank_answer_that_is_needed_is_missing(name: str, blank: str | None) -> None:
    found = [one for section in SECTIONS for one in missing(section, _answers(**{name: blank}))]

    assert found == [name]


@pytest.mark.parametrize("zero", [{"ecog": 0}, {"age_years": 0}])
def test_zero_is_an_answer(zero: dict) -> None:
    assert [one for section in SECTIONS for one in missing(section, _answers(**zero))] == []


@pytest.mark.parametrize(
    ("gap", "reason"),
    [("histology", {"pathology_pending": True}), ("stage_group", {"not_staged_reason": "Staging is under way"})],
)
def test_honest_gap_counts_as_an_answer(gap: str, reason: dict) -> None:
    assert [one for section in SECTIONS for one in missing(section, _answers(**{gap: None}, **reason))] == []


@pytest.mark.parametrize(
    "reason", [{"pathology_pending": False}, {"not_staged_reason": ""}, {"not_staged_reason": "x"}]
)
def test_gap_without_its_own_reason_stays_a_gap(reason: dict) -> None:
    assert [one for section in SECTIONS for one in missing(section, _answers(histology=None, **reason))] == [
        "histology"
    ]


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, "todo"),
        ({"ecog": 0}, "part"),
        ({"comorbidity": "None"}, "part"),
        (_answers(), "done"),
        ({"ecog": ""}, "todo"),
    ],
)
def test_section_is_as_far_as_its_answers(answers: dict, state: str) -> None:
    patient = next(section for section in SECTIONS if section.slug == "patient")

    assert progress(patient, answers) is SectionState(state)


@pytest.mark.parametrize(("studies", "state"), [([], "todo"), (["a study"], "done")])
def test_section_that_needs_nothing_is_done_with_its_first_study(studies: list, state: str) -> None:
    assert progress(SECTIONS[-1], {"studies": studies}) is SectionState(state)


def test_no_field_is_asked_twice() -> None:
    fields = [name for section in SECTIONS for name in section.fields]

    assert len(fields) == len(set(fields))
    assert set(fields) >= NEEDED
