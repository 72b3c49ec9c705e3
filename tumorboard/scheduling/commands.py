"""`flask scheduling`: solve, check, export and replay plans as JSON; nothing else on standard output."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import reading, session
from tumorboard.scheduling import engine
from tumorboard.scheduling.models import PlanRun
from tumorboard.scheduling.services import gather, question_of
from tumorboard.series.models import Series
from tumorboard.series.queries import boards

scheduling = AppGroup("scheduling", help="Plan and check instances given as JSON.")

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@scheduling.command("solve")
@click.argument("instance", type=READABLE)
@click.option("--budget", type=click.FloatRange(min=0), help="The solver's deterministic time for each board.")
@click.option("--engine", "name", type=click.Choice(["auto", "cp-sat", "stdlib"]), default="auto", show_default=True)
def solve(instance: Path, budget: float | None, name: str) -> None:
    """Print the best plan of INSTANCE as JSON."""
    usual = engine.Budget()
    effort = engine.Budget(board=usual.board if budget is None else budget)
    click.echo(json.dumps(engine.plan(_problem(instance), budget=effort, engine=name).to_json()))


@scheduling.command("check")
@click.argument("instance", type=READABLE)
@click.argument("plan", type=READABLE)
def check(instance: Path, plan: Path) -> None:
    """Print what PLAN breaks of INSTANCE, and its six levels; exit with 1 where it breaks anything."""
    problem = _problem(instance)
    try:
        answer = engine.Plan.from_json(_json(plan))
    except engine.BadInstance as error:
        raise click.ClickException(f"{plan.name}: {error}") from error
    found = engine.check(problem, answer)
    click.echo(json.dumps({"violations": [one.to_json() for one in found], "levels": _levels(problem, answer, found)}))
    if found:
        raise SystemExit(1)


@scheduling.command("export")
@click.argument("board", required=False)
def export(board: str | None) -> None:
    """Print the live problem of BOARD as JSON, or of all boards, one a line; nothing about patients is in it."""
    with reading():
        rows = session().scalars(boards()).all()
        chosen = [one for one in rows if board in (None, one.slug)]
        if not chosen:
            raise click.ClickException(f"There is no board {board}. There are: {', '.join(one.slug for one in rows)}.")
        for series in chosen:
            click.echo(json.dumps(_live(series)))


@scheduling.command("replay")
@click.argument("run_id", type=click.IntRange(1, 2**31 - 1))
def replay(run_id: int) -> None:
    """Compute the plan of a run again from what it was computed from, and say whether it is the same."""
    with reading():
        run = session().get(PlanRun, run_id)
        asked = question_of(run) if run is not None else None
        if run is None or asked is None:
            raise click.ClickException("There is no such run, or what it was computed from is no longer kept.")
        digest, levels = run.digest, run.levels
    problem = engine.Problem.from_json(asked["problem"])
    plan = engine.plan(problem, previous=engine.Plan.from_json(asked["previous"]), boards=asked["boards"])
    again = dict(zip(engine.LEVEL_NAMES, plan.levels or (), strict=False))
    click.echo(json.dumps({"same": (plan.digest, again) == (digest, levels), "plan": plan.to_json()}))


def _live(series: Series) -> dict[str, Any]:
    return gather(series.id, now=utc_now()).problem.to_json()


def _levels(problem: engine.Problem, plan: engine.Plan, found: tuple[engine.Violation, ...]) -> dict[str, int] | None:
    """Return the six levels by name, or None where the plan leads nowhere."""
    lost = {engine.ViolationCode.UNKNOWN_CASE, engine.ViolationCode.UNKNOWN_MEETING, engine.ViolationCode.TWICE}
    if any(one.code in lost for one in found):
        return None
    return dict(zip(engine.LEVEL_NAMES, engine.measure(problem, plan), strict=True))


def _problem(path: Path) -> engine.Problem:
    try:
        return engine.Problem.from_json(_json(path))
    except engine.BadInstance as error:
        raise click.ClickException(f"{path.name}: {error}") from error


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{path.name} is not JSON.") from error
