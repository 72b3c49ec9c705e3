"""Planning on request, coming weeks, proposals, what if, and how a board is planned."""

from tumorboard.scheduling.views.blueprint import blueprint

__all__ = ["blueprint"]

from tumorboard.scheduling.views import plans, policy, runs, what_if  # noqa: F401 - they add their routes
