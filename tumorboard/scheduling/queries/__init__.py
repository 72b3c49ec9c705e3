"""Which boards are due, how they are planned, and what their plans did."""

from tumorboard.scheduling.queries.board import (
    at_stake_in,
    meeting_cut_off,
    past_delays_of,
    policies_of,
    settings_of,
)
from tumorboard.scheduling.queries.due import boards_due
from tumorboard.scheduling.queries.outline import columns_of, parallels_of, waiting_of, waits_of, weeks_ahead
from tumorboard.scheduling.queries.runs import (
    dismissed_of,
    last_run_of,
    notes_of,
    proposal_of,
    runs_of,
    undecided,
    why_waiting,
    whys_of,
)

__all__ = [
    "at_stake_in",
    "boards_due",
    "columns_of",
    "dismissed_of",
    "last_run_of",
    "meeting_cut_off",
    "notes_of",
    "parallels_of",
    "past_delays_of",
    "policies_of",
    "proposal_of",
    "runs_of",
    "settings_of",
    "waiting_of",
    "waits_of",
    "weeks_ahead",
    "undecided",
    "why_waiting",
    "whys_of",
]
