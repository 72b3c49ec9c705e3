"""Start pages, the calendar, and what every page shows around itself."""

from tumorboard.home.views.blueprint import blueprint
from tumorboard.home.views.navigation import install_shell

__all__ = ["blueprint", "install_shell"]

from tumorboard.home.views import calendar, today  # noqa: F401 - they add routes
