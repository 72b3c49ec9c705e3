"""`flask people ...`: what it does, and what it says when it cannot."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.accounts.makers import link_to
from tests.factories import a_person, an_institution
from tumorboard.accounts.domain import Part
from tumorboard.accounts.models import Institution, Person
from tumorboard.kernel.db import db

HUB = ["people", "institution", "hub", "--name", "The Hub", "--short-name", "Hub", "--kind", "hub",
       "--city", "New York", "--state", "New York", "--time-zone", "America/New_York"]  # fmt: skip
ROBIN = ["people", "invite", "robin@example.org", "--given-name", "Robin", "--family-name", "Example"]


def _run(app: Flask, command: list[str], **changed: str) -> tuple[int, str]:
    arguments = list(command)
    for option, value in changed.items():
        arguments[arguments.index(f"--{option.replace('_', '-')}") + 1] = value
    result = app.test_cli_runner().invoke(args=arguments)
    db.session.rollback()
    return result.exit_code, result.output


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_institution_is_added(app: Flask) -> None:
    assert _run(app, HUB) == (0, "The Hub was added.\n")

    assert db.session.scalars(select(Institution.slug)).all() == ["hub"]


def test_institution_that_is_there_already_is_refused_in_one_sentence(app: Flask) -> None:
    _run(app, HUB)

    code, said = _run(app, HUB)

    assert (code, said) == (1, "Error: slug: Another institution has this address already.\n")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "Error: time_zone: Choose a time zone of the list.\n"),
        ({"name": ""}, "Error: name: Enter a name.\n"),
    ],
)
def test_wrong_institution_is_refused_in_one_sentence(app: Flask, changed: dict, said: str) -> None:
    assert _run(app, HUB, **changed) == (1, said)
    assert _count(Institution) == 0


def test_person_is_invited(app: Flask) -> None:
    an_institution(slug="hub")

    answer = _run(app, [*ROBIN, "--institution", "hub", "--part", "administrator"])

    assert answer == (0, "robin@example.org was invited; the worker sends the mail.\n")
    person = db.session.scalars(select(Person)).one()
    assert [row.part for row in person.parts] == [Part.ADMINISTRATOR]
    assert link_to(person).startswith("/invitations/")


def test_person_of_an_unknown_institution_is_refused_and_the_known_are_named(app: Flask) -> None:
    an_institution(slug="hub")
    an_institution(slug="member")

    code, said = _run(app, [*ROBIN, "--institution", "nowhere"])

    assert (code, said) == (1, "Error: There is no institution “nowhere”. Known: hub, member.\n")


def test_taken_address_is_refused_in_one_sentence(app: Flask) -> None:
    person = a_person(email="robin@example.org")
    slug = person.institution.slug

    code, said = _run(app, [*ROBIN, "--institution", slug])

    assert (code, said) == (1, "Error: email: Somebody has this address already.\n")


def test_address_that_is_none_is_refused_in_one_sentence(app: Flask) -> None:
    an_institution(slug="hub")

    command = ["people", "invite", "robin", *ROBIN[3:], "--institution", "hub"]

    assert _run(app, command) == (1, "Error: email: Enter an address such as a@clinic.org.\n")
    assert _count(Person) == 0


def test_part_of_a_board_cannot_be_given_here(app: Flask) -> None:
    an_institution(slug="hub")

    code, said = _run(app, [*ROBIN, "--institution", "hub", "--part", "chair"])

    assert code == 2
    assert "'chair' is not one of" in said
