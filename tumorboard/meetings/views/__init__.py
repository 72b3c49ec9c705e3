"""One meeting, and every page that shows or changes a series together with its dated meetings."""

from tumorboard.meetings.views.blueprint import (
    blueprint,
    install_cases_held,
    install_own_cases,
    install_reach,
    install_replies,
)

__all__ = ["blueprint", "install_cases_held", "install_own_cases", "install_reach", "install_replies"]

from tumorboard.meetings.views import (  # noqa: F401 - they add routes
    closures,
    meeting,
    series_form,
    series_page,
    talk,
)
