"""`flask people invite`, `flask people institution`."""

import click
from flask.cli import AppGroup
from marshmallow import ValidationError

from tumorboard.accounts.domain import ALLIANCE_PARTS, InstitutionKind, Part
from tumorboard.accounts.queries import institutions
from tumorboard.accounts.schemas import InstitutionSchema, PersonSchema
from tumorboard.accounts.services import create_institution, invite
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, reading, transaction
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.web import messages_of

people = AppGroup("people", help="The people and institutions of the alliance.")


@people.command("institution")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--short-name", required=True)
@click.option("--kind", type=click.Choice([kind.value for kind in InstitutionKind]), required=True)
@click.option("--city", required=True)
@click.option("--state", required=True)
@click.option("--time-zone", required=True, help="IANA name, for example America/New_York.")
def add_institution(**typed: str) -> None:
    """Add the hub or a member."""
    with _told_plainly(), transaction():
        create_institution(InstitutionSchema().load(typed), by=None, now=utc_now())
    click.echo(f"{typed['name']} was added.")


@people.command("invite")
@click.argument("email")
@click.option("--given-name", required=True)
@click.option("--family-name", required=True)
@click.option("--credentials", default="")
@click.option("--institution", required=True, help="The institution's address name.")
@click.option("--part", "parts", multiple=True, type=click.Choice([part.value for part in ALLIANCE_PARTS]))
def invite_person(institution: str, parts: tuple[Part, ...], **typed: str) -> None:
    """Invite somebody by mail."""
    with reading():
        known = {row.slug: row.id for row in db.session.scalars(institutions())}
    if institution not in known:
        raise click.ClickException(f"There is no institution “{institution}”. Known: {', '.join(known) or 'none yet'}.")
    with _told_plainly(), transaction():
        draft = PersonSchema().load({**typed, "institution_id": known[institution], "parts": list(parts)})
        invite(draft, by=None, now=utc_now())
    click.echo(f"{typed['email']} was invited; the worker sends the mail.")


class _told_plainly:  # noqa: N801 - a context manager, used like a function
    """Turn a refusal into one sentence on standard error."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValidationError):
            raise click.ClickException(_sentences(messages_of(error)))
        if isinstance(error, Invalid):
            raise click.ClickException(error.message or _sentences(error.fields))


def _sentences(messages: dict[str, object]) -> str:
    said = {name: told if isinstance(told, list) else [told] for name, told in messages.items()}
    return " ".join(f"{name}: {' '.join(map(str, told))}" for name, told in said.items())
