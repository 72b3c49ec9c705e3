"""Gathering the problem, applying its plan, keeping a record."""

from tumorboard.scheduling.services.apply import apply_plan, apply_proposal, note_failure, refuse
from tumorboard.scheduling.services.forecast import outlook_of
from tumorboard.scheduling.services.gather import Gathered, gather
from tumorboard.scheduling.services.replay import Effect, replay
from tumorboard.scheduling.services.requests import claim, request_plan
from tumorboard.scheduling.services.runs import (
    Computed,
    claim_proposal,
    dismiss,
    propose,
    question_of,
    same_moves,
    set_settings,
    settle,
    withdraw_proposal,
)
from tumorboard.scheduling.services.what_if import Question, WhatIfKind, supposed

__all__ = [
    "Computed",
    "Effect",
    "Gathered",
    "Question",
    "WhatIfKind",
    "apply_plan",
    "apply_proposal",
    "claim",
    "claim_proposal",
    "dismiss",
    "gather",
    "note_failure",
    "outlook_of",
    "propose",
    "refuse",
    "question_of",
    "replay",
    "request_plan",
    "same_moves",
    "set_settings",
    "settle",
    "supposed",
    "withdraw_proposal",
]
