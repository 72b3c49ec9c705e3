"""Gathering the problem, applying its plan, keeping a record."""

from tumorboard.scheduling.services.apply import apply_plan, note_failure
from tumorboard.scheduling.services.gather import Gathered, gather
from tumorboard.scheduling.services.requests import claim, request_plan

__all__ = ["Gathered", "apply_plan", "claim", "gather", "note_failure", "request_plan"]
