"""Changing series, their policies and rosters, and the closures of a site."""

from tumorboard.series.services.closures import ClosureDraft, add_closure, remove_closure
from tumorboard.series.services.edit import SeriesDraft, create_series, edit_series
from tumorboard.series.services.policy import PolicyDraft, set_policy
from tumorboard.series.services.roster import add_seat, remove_seat

__all__ = [
    "ClosureDraft",
    "PolicyDraft",
    "SeriesDraft",
    "add_closure",
    "add_seat",
    "create_series",
    "edit_series",
    "remove_closure",
    "remove_seat",
    "set_policy",
]
