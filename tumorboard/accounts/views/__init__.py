"""Sign-in, one's own account, when people can join, and the people and institutions of the alliance."""

from tumorboard.accounts.views.audit_trail import install_subject_names
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.accounts.views.desk import install_people_planned, install_presented
from tumorboard.accounts.views.sign_in import LIBRARY_ROUTES, install_sign_in

__all__ = [
    "LIBRARY_ROUTES",
    "blueprint",
    "install_people_planned",
    "install_presented",
    "install_sign_in",
    "install_subject_names",
]

from tumorboard.accounts.views import (  # noqa: F401 - they add routes
    availability,
    institutions,
    invitations,
    outbox,
    people,
    self,
)
