"""The pages of a case: its form, its own page, and triage."""

from tumorboard.cases.views.blueprint import blueprint, install_outlook, install_slot, install_why_waiting

__all__ = ["blueprint", "install_outlook", "install_slot", "install_why_waiting"]

from tumorboard.cases.views import form, pages, triage  # noqa: F401 - they add routes
