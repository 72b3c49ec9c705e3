"""When people can join: one's own page, and the same page of somebody whom one plans with."""

from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import Permission
from tumorboard.accounts.views.blueprint import blueprint
from tumorboard.accounts.views.desk import (
    desk_of,
    desk_page,
    forget_calendar,
    note_absence,
    own_desk,
    set_hours,
    take_absence_back,
    take_calendar,
)
from tumorboard.kernel.web import requires


@blueprint.get("/account/availability")
@requires(Permission.SELF_EDIT)
def own_availability() -> ResponseReturnValue:
    """When one can join oneself."""
    return desk_page(own_desk())


@blueprint.get("/people/<id:person_id>/availability")
@requires(Permission.AVAILABILITY_EDIT)
def availability_of(person_id: int) -> ResponseReturnValue:
    """When somebody else can join."""
    return desk_page(desk_of(person_id))


@blueprint.post("/account/absences")
@requires(Permission.SELF_EDIT)
def own_absence() -> ResponseReturnValue:
    """Note one's own days away."""
    return note_absence(own_desk())


@blueprint.post("/people/<id:person_id>/absences")
@requires(Permission.AVAILABILITY_EDIT)
def absence_of(person_id: int) -> ResponseReturnValue:
    """Note days away of somebody else."""
    return note_absence(desk_of(person_id))


@blueprint.post("/account/absences/<id:absence_id>/removal")
@requires(Permission.SELF_EDIT)
def own_absence_removal(absence_id: int) -> ResponseReturnValue:
    """Take own days away back."""
    return take_absence_back(own_desk(), absence_id)


@blueprint.post("/people/<id:person_id>/absences/<id:absence_id>/removal")
@requires(Permission.AVAILABILITY_EDIT)
def absence_removal_of(person_id: int, absence_id: int) -> ResponseReturnValue:
    """Take days away of somebody else back."""
    return take_absence_back(desk_of(person_id), absence_id)


@blueprint.post("/account/hours")
@requires(Permission.SELF_EDIT)
def own_hours() -> ResponseReturnValue:
    """Set one's own weekly hours."""
    return set_hours(own_desk())


@blueprint.post("/people/<id:person_id>/hours")
@requires(Permission.AVAILABILITY_EDIT)
def hours_of(person_id: int) -> ResponseReturnValue:
    """Set the weekly hours of somebody else."""
    return set_hours(desk_of(person_id))


@blueprint.post("/account/busy-times")
@requires(Permission.SELF_EDIT)
def own_busy_times() -> ResponseReturnValue:
    """Take the busy times out of one's own calendar."""
    return take_calendar(own_desk())


@blueprint.post("/people/<id:person_id>/busy-times")
@requires(Permission.AVAILABILITY_EDIT)
def busy_times_of(person_id: int) -> ResponseReturnValue:
    """Take the busy times out of somebody else's calendar."""
    return take_calendar(desk_of(person_id))


@blueprint.post("/account/busy-times/removal")
@requires(Permission.SELF_EDIT)
def own_busy_times_removal() -> ResponseReturnValue:
    """Remove all of one's own busy times."""
    return forget_calendar(own_desk())


@blueprint.post("/people/<id:person_id>/busy-times/removal")
@requires(Permission.AVAILABILITY_EDIT)
def busy_times_removal_of(person_id: int) -> ResponseReturnValue:
    """Remove all busy times of somebody else."""
    return forget_calendar(desk_of(person_id))
