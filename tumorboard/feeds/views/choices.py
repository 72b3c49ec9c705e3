"""What an address may open, and how that is said."""

from collections.abc import Sequence

from flask import g

from tumorboard.accounts.models import Institution
from tumorboard.feeds.queries import boards_sat_on
from tumorboard.feeds.schemas import BOARD, INSTITUTION, MINE, AddressSchema, DefinitionSchema
from tumorboard.kernel.db import session
from tumorboard.kernel.web import offer
from tumorboard.series.models import Series


def address_schema() -> AddressSchema:
    """The form for a new address, with what its reader may open."""
    schema = AddressSchema()
    boards = [(f"{BOARD}{one.id}", one.name) for one in session().scalars(boards_sat_on(g.actor.person_id))]
    home = session().get_one(Institution, g.actor.institution_id)
    offer(schema, "what", [(MINE, "My calendar"), *boards, (INSTITUTION, f"All that concerns {home.name}")])
    return schema


def definition_schema(offered: Sequence[Series]) -> DefinitionSchema:
    """The form for a person's own address, with the boards and series that there are to choose from."""
    schema = DefinitionSchema()
    offer(schema, "series", [(one.id, one.name) for one in offered])
    return schema


def sentence_of(series: Series | None, institution: Institution | None) -> str:
    """What an address opens, in a sentence."""
    if series is not None:
        return f"The meetings of {series.name}."
    if institution is not None:
        return f"The boards on which people of {institution.name} sit, and every meeting that discusses its cases."
    return "Your boards, the series you follow, and the meetings at which you present."
