"""Everything that meets by a rule."""

from dataclasses import dataclass

from flask import g, render_template
from flask.typing import ResponseReturnValue

from tumorboard.accounts.domain import BOARD_PARTS, Permission
from tumorboard.kernel.db import session
from tumorboard.kernel.web import requires
from tumorboard.series.domain import SeriesKind
from tumorboard.series.models import Series
from tumorboard.series.queries import visible_series
from tumorboard.series.views.blueprint import blueprint

_GROUPS = (
    ("boards", "Tumor boards and disease management teams", {SeriesKind.TUMOR_BOARD, SeriesKind.DMT}),
    ("teaching", "Lectures and grand rounds", {SeriesKind.LECTURE, SeriesKind.GRAND_ROUNDS}),
    ("symposium", "Symposium", {SeriesKind.SYMPOSIUM}),
)


@dataclass(frozen=True)
class Group:
    """Series of a kind, under a heading."""

    id: str
    title: str
    series: list[Series]


@blueprint.get("/series")
@requires(Permission.SERIES_SEE)
def list_series() -> ResponseReturnValue:
    """The boards, what is taught, and the symposium; a person's own boards are marked."""
    found = session().scalars(visible_series(g.actor)).all()
    groups = [Group(id_, title, [one for one in found if one.kind in kinds]) for id_, title, kinds in _GROUPS]
    return render_template(
        "series/list.html",
        groups=[group for group in groups if group.series],
        own={id_: part.label for part in reversed(BOARD_PARTS) for id_ in g.actor.boards.get(part, ())},
        may_create=g.actor.may(Permission.SERIES_CREATE),
        may_close=g.actor.may(Permission.CLOSURE_MANAGE),
    )
