"""Things that cost seconds are made once in a run, however many processes share it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

DEADLINE_SECONDS = 200
PAUSE_SECONDS = 0.2
IS_ODD = os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:] in {"1", "3", "5", "7"}


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of this name that the first process to ask for it fills; the others wait until it has."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    ready = folder.with_suffix(".ready")
    try:
        folder.mkdir()
    except FileExistsError:
        _wait(ready)
        return folder
    make(folder)
    ready.touch()
    return folder


def _wait(ready: Path) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not ready.exists():
        assert time.monotonic() < until, f"{ready.stem} was not made in time"
        time.sleep(PAUSE_SECONDS)
