"""`flask scheduling`: what it prints, and what it says of a bad instance."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, a_meeting, a_series, an_accepted_case
from tests.scheduling.engine.factories import an_instance
from tumorboard.kernel.db import db
from tumorboard.scheduling.domain import PlanCause
from tumorboard.scheduling.engine import Plan, Problem, check
from tumorboard.scheduling.jobs import plan_board
from tumorboard.scheduling.models import PlanRun


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return _written(tmp_path / "instance.json", an_instance(boards=2, cases=20, weeks=4, seed=1).to_json())


def _written(path: Path, data: Any) -> Path:
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def _run(app: Flask, *arguments: object) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["scheduling", *map(str, arguments)])
    db.session.rollback()
    return result.exit_code, result.stdout, result.stderr


def test_solved_instance_is_the_only_thing_printed_and_passes_the_check(
    app: Flask, instance: Path, tmp_path: Path
) -> None:
    code, printed, _ = _run(app, "solve", instance)
    plan = _written(tmp_path / "plan.json", printed)

    verdict = _run(app, "check", instance, plan)

    assert (code, json.loads(printed)["status"]) == (0, "optimal")
    assert (verdict[0], json.loads(verdict[1])["violations"]) == (0, [])


def test_small_budget_is_kept_and_breaks_no_rule(app: Flask, instance: Path) -> None:
    _, printed, _ = _run(app, "solve", instance, "--budget", "0.001")

    problem = Problem.from_json(json.loads(instance.read_text()))
    assert check(problem, Plan.from_json(json.loads(printed))) == ()


def test_plan_made_outside_needs_nothing_but_assign_and_is_told_what_it_breaks(
    app: Flask, instance: Path, tmp_path: Path
) -> None:
    cases = json.loads(instance.read_text())["cases"]
    plan = _written(tmp_path / "plan.json", {"assign": {case["id"]: None for case in cases[1:]}})

    code, printed, _ = _run(app, "check", instance, plan)

    codes = {one["code"] for one in json.loads(printed)["violations"]}
    assert (code, "missing" in codes) == (1, True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("{", "bad.json is not JSON."),
        ("[" * 100_000, "bad.json is not JSON."),
        ([], "bad.json: The instance must be an object."),
        ({"today": "2026-13-01"}, "bad.json: today must be a date written YYYY-MM-DD."),
        ({"today": "2026-12-01", "horizon_end": "2026-12-30", "cases": [{"id": 7}]}, "bad.json: cases[0].id must be"),
    ],
)
def test_bad_instance_gets_a_sentence_that_names_the_field(
    app: Flask, tmp_path: Path, data: Any, sentence: str
) -> None:
    code, printed, said = _run(app, "solve", _written(tmp_path / "bad.json", data))

    assert (code, printed) == (1, "")
    assert sentence in said


def test_live_problem_is_exported_without_a_word_about_patients(app: Flask) -> None:
    board = a_series(slug="thoracic")
    a_meeting(board)
    an_accepted_case(board, title="Canary of a title", question="Canary")

    with time_machine.travel(NOW, tick=False):
        code, printed, _ = _run(app, "export", "thoracic")

    assert (code, len(json.loads(printed)["cases"]), "Canary" in printed) == (0, 1, False)


def test_export_of_an_unknown_board_names_those_there_are(app: Flask) -> None:
    a_series(slug="thoracic")

    code, _, said = _run(app, "export", "nowhere")

    assert (code, "There is no board nowhere. There are: thoracic." in said) == (1, True)


def test_run_is_replayed_to_the_same_plan(app: Flask) -> None:
    board = a_series()
    a_meeting(board)
    an_accepted_case(board)
    with time_machine.travel(NOW, tick=False):
        plan_board(board.id, cause=PlanCause.ASKED)
    run = db.session.scalars(select(PlanRun.id)).one()

    code, printed, _ = _run(app, "replay", run)

    assert (code, json.loads(printed)["same"]) == (0, True)


def test_run_that_is_not_there_cannot_be_replayed(app: Flask) -> None:
    code, _, said = _run(app, "replay", 12345)

    assert (code, "There is no such run" in said) == (1, True)
