"""What can go wrong with a case."""

from tumorboard.kernel.errors import Conflict, Invalid


class NotInThisState(Conflict):
    """The case has moved on, so this act is not possible any more."""


class CaseIncomplete(Invalid):
    """The pro-forma has gaps; `fields` names them."""


class EditedElsewhere(Conflict):
    """The draft was saved from another tab or by another person since it was opened here."""


class CutOffPassed(Conflict):
    """The meeting's cut-off is over, so the text of the case stands."""
