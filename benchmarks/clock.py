"""Processor seconds of one thread, which a busy machine does not lengthen as it does the time on the wall."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def seconds_of(work: Callable[[], T]) -> tuple[float, T]:
    """Return how much processor time the work took, and what it gave."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result
