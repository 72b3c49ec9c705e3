"""The agenda of a meeting: arranged, published, printed."""

from tumorboard.agendas.views.blueprint import blueprint, install_plan_notes

__all__ = ["blueprint", "install_plan_notes"]

from tumorboard.agendas.views import edits, pages, withdrawal  # noqa: F401 - they add routes
