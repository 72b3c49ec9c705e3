"""What can be done to a case; every step goes through the one table of the life cycle."""

from tumorboard.cases.services.draft import SectionAnswers, StudyDraft, save_section, start_draft
from tumorboard.cases.services.schedule import defer_case, release_case, schedule_case
from tumorboard.cases.services.submit import submit_case, withdraw_case
from tumorboard.cases.services.triage import Acceptance, accept_case, decline_case, redirect_case, return_case

__all__ = [
    "Acceptance",
    "SectionAnswers",
    "StudyDraft",
    "accept_case",
    "decline_case",
    "defer_case",
    "redirect_case",
    "release_case",
    "return_case",
    "save_section",
    "schedule_case",
    "start_draft",
    "submit_case",
    "withdraw_case",
]
