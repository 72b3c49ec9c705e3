"""Start pages, the calendar, and what every page shows around itself."""

from tumorboard.home.views.navigation import install_shell
from tumorboard.home.views.today import blueprint

__all__ = ["blueprint", "install_shell"]
