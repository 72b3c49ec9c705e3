"""The engine in a process of its own: a question a line on standard input, an answer a line on standard output.

It ends with its input, or after some minutes without a question, and gives back the memory the solver takes.
"""

import json
import select
import sys
from typing import Any

from tumorboard.scheduling.engine import Budget, Plan, Problem, plan

IDLE_SECONDS = 120


def main() -> None:
    """Answer until there is nobody left who asks."""
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.readline()
        if not line:
            return
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    previous, boards = question.get("previous"), question.get("boards")
    answer = plan(
        Problem.from_json(question["problem"]),
        previous=None if previous is None else Plan.from_json(previous),
        boards=None if boards is None else frozenset(boards),
        budget=Budget(**question.get("budget", {})),
    )
    return answer.to_json()


if __name__ == "__main__":
    main()
