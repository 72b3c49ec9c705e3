"""The feeds themselves, for calendar programs, and the page on which people subscribe to them."""

from tumorboard.feeds.views.blueprint import blueprint

__all__ = ["blueprint"]

from tumorboard.feeds.views import ics, subscriptions  # noqa: F401 - they add routes
