"""The engine in a process of its own, so that a crash, a hang or the solver's memory is never ours."""

import json
import subprocess
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from threading import Lock, Timer

import structlog

from tumorboard.kernel.errors import TooManyRequests
from tumorboard.scheduling import engine

log = structlog.get_logger(__name__)
ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 90.0


class PlannerBusy(TooManyRequests):
    """A page asked while the engine was answering; nobody waits in a queue for it."""


class Planner:
    """Asks one child process at a time; where it fails the engine of the standard library answers here."""

    def __init__(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.patience_seconds = patience_seconds
        self._lock = Lock()
        self._child: subprocess.Popen[str] | None = None

    def plan(
        self,
        problem: engine.Problem,
        *,
        previous: engine.Plan | None = None,
        boards: Collection[str] | None = None,
        budget: engine.Budget | None = None,
        waits: bool = True,
    ) -> engine.Plan:
        """Return a plan in any case; its `trouble` says what befell the child.

        Raises PlannerBusy at once where the child answers somebody else and the caller does not wait.
        """
        question = {
            "problem": problem.to_json(),
            "previous": None if previous is None else previous.to_json(),
            "boards": None if boards is None else sorted(boards),
            "budget": {} if budget is None else {"board": budget.board, "effort": budget.effort},
        }
        if not self._lock.acquire(blocking=waits):
            raise PlannerBusy("The planner is answering somebody else. Try again in a moment.", retry_after=5)
        try:
            return engine.Plan.from_json(self._ask(question))
        except (OSError, ValueError) as error:
            log.error("planner failed", problem=problem.name, exc_info=error)
            stood_in = engine.plan(problem, previous=previous, boards=boards, engine="stdlib")
            trouble = "The optimiser ended before it answered; the plan was made without it."
            return replace(stood_in, status=engine.Status.FALLBACK, trouble=trouble)
        finally:
            self._lock.release()

    def stop(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    @property
    def child_id(self) -> int | None:
        """The process that plans, while there is one."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def _ask(self, question: object) -> object:
        child = self._running()
        assert child.stdin is not None
        assert child.stdout is not None
        watch = Timer(self.patience_seconds, child.kill)
        watch.start()
        try:
            child.stdin.write(json.dumps(question, separators=(",", ":")) + "\n")
            child.stdin.flush()
            return json.loads(child.stdout.readline())
        except BaseException:
            self.stop()
            raise
        finally:
            watch.cancel()

    def _running(self) -> subprocess.Popen[str]:
        if self.child_id is None or self._child is None:
            self.stop()
            # The interpreter that runs us and a module of our own: nothing of the outside is in the command.
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tumorboard.scheduling.engine"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
        return self._child


planner = Planner()
