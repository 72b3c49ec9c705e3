"""Inviting people, when they can join, and keeping sign-ins in bounds."""

from tumorboard.accounts.services.availability import (
    add_absence,
    forget_past_busy_times,
    remove_absence,
    set_busy_times,
    set_weekly_hours,
)
from tumorboard.accounts.services.people import (
    accept_invitation,
    create_institution,
    deactivate,
    edit_institution,
    edit_person,
    invite,
    reactivate,
)
from tumorboard.accounts.services.sign_ins import end_sign_in, end_sign_ins_of, sweep_sign_ins
from tumorboard.accounts.services.throttling import forget_failures, note_failure, refuse_when_throttled

__all__ = [
    "accept_invitation",
    "add_absence",
    "create_institution",
    "deactivate",
    "edit_institution",
    "edit_person",
    "end_sign_in",
    "end_sign_ins_of",
    "forget_failures",
    "forget_past_busy_times",
    "invite",
    "note_failure",
    "reactivate",
    "refuse_when_throttled",
    "remove_absence",
    "set_busy_times",
    "set_weekly_hours",
    "sweep_sign_ins",
]
