"""The feeds themselves, for calendar programs, and the page on which people subscribe to them."""

from tumorboard.feeds.views.blueprint import blueprint
from tumorboard.feeds.views.door import install_door

__all__ = ["blueprint", "install_door"]

from tumorboard.feeds.views import ics, single, subscriptions  # noqa: F401 - they add routes
