"""What meets by a rule: the list, a board's policy and its roster. Pages with dated meetings live in `meetings`."""

from tumorboard.series.views.blueprint import blueprint

__all__ = ["blueprint"]

from tumorboard.series.views import listing, policy, roster, words  # noqa: F401 - they add routes and a filter
