"""Sign-in, one's own account, and the people and institutions of the alliance."""

from tumorboard.accounts.views.audit_trail import install_subject_names
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.accounts.views.sign_in import LIBRARY_ROUTES, install_sign_in

__all__ = ["LIBRARY_ROUTES", "blueprint", "install_sign_in", "install_subject_names"]

from tumorboard.accounts.views import institutions, invitations, outbox, people, self  # noqa: F401 - they add routes
