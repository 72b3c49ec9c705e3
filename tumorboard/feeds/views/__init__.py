"""The feeds themselves, for calendar programs, and the pages on which people subscribe or choose invitations."""

from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.feeds.views.door import install_door

__all__ = ["blueprint", "install_door"]

from tumorboard.feeds.views import addresses, ics, invitations, single, subscriptions  # noqa: F401 - they add routes
