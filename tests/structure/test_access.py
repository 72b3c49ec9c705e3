"""Who may do what, written out by hand from the permission table, tried for every part on every address."""

import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.factories import NOW
from tests.structure.world import MISSING_ID, ROLES, World, a_world
from tumorboard.accounts.views.sign_in import LIBRARY_ROUTES
from tumorboard.kernel.db import db
from tumorboard.kernel.web.access import Anyone

# The sign-in library gives WTForms its choices as that will want them given only from 3.4 on.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")

# What a GET answers to whom: 2 the page, 3 to the sign-in, F forbidden, 0 not found.
#   nobody, deactivated | clinician | physician, colleague, elsewhere | coordinator, chair, member, observer |
#   coordinator of another board | administrator, privacy officer
GETS = """
33 2 222 2222 2 22  /
33 2 222 2222 2 22  /calendar
33 2 222 2222 2 22  /subscriptions
33 2 222 2222 2 22  /subscriptions/education
33 2 222 2222 2 22  /subscriptions/series/{lectures}
33 0 000 0000 0 00  /subscriptions/series/{board}
33 0 000 0000 0 00  /subscriptions/addresses/{foreign_token}
33 2 222 2222 2 22  /invitations
33 2 222 2222 2 22  /account
33 2 222 2222 2 22  /account/availability
33 2 222 2222 2 22  /account/password
33 2 222 2222 2 22  /account/recovery-codes
33 2 222 2222 2 22  /series
33 2 222 2222 2 22  /series/{board}
33 2 222 2222 2 22  /series/{lectures}
33 2 222 2222 2 22  /meetings/{meeting}
33 2 222 2222 2 22  /meetings/{lecture}
33 2 222 2222 2 22  /meetings/{meeting}.ics
33 2 222 2222 2 22  /meetings/{lecture}.ics
33 0 000 0000 0 00  /meetings/2147483647.ics
33 0 000 0000 0 00  /meetings/2147483647
33 0 000 0000 0 00  /series/no-such-series
33 F 222 FFFF F FF  /cases
33 F 200 0000 0 FF  /cases/{draft}
33 F 220 2200 0 FF  /cases/{submitted}
33 F 220 2220 0 FF  /cases/{scheduled}
33 F 220 2222 0 FF  /cases/{released}
33 F 002 0000 2 FF  /cases/{foreign}
33 F 000 0000 0 FF  /cases/{missing}
33 F 200 FFFF F FF  /cases/{draft}/sections/patient
33 F 2F0 FFFF F FF  /cases/{submitted}/sections/patient
33 F 000 FFFF F FF  /cases/{missing}/sections/patient
33 F 200 FFFF F FF  /cases/{draft}/check
33 F 2F0 FFFF F FF  /cases/{submitted}/check
33 F 200 FFFF F FF  /cases/{draft}/submission
33 F 2F0 FFFF F FF  /cases/{submitted}/submission
33 F 200 FFFF F FF  /cases/{draft}/withdrawal
33 F 2F0 FFFF F FF  /cases/{submitted}/withdrawal
33 F FFF 22FF 2 FF  /triage
33 F FFF 22FF 0 FF  /cases/{submitted}/triage
33 F FFF 00FF 2 FF  /cases/{foreign}/triage
33 F FFF 00FF 0 FF  /cases/{missing}/triage
33 F FFF 00FF 0 FF  /cases/{draft}/triage
33 F FFF 2222 2 FF  /agendas
33 F FFF 2222 F FF  /meetings/{meeting}/agenda
33 F FFF 2222 F FF  /meetings/{meeting}/agenda/print
33 F FFF FFFF 2 FF  /meetings/{foreign_meeting}/agenda
33 F FFF 0000 0 FF  /meetings/2147483647/agenda
33 F FFF 22FF 2 FF  /plans
33 F FFF 22FF F FF  /series/{board}/plan
33 F FFF 22FF F FF  /series/{board}/plans
33 F FFF FFFF F FF  /series/{lectures}/plan
33 F FFF 22FF F FF  /series/{board}/planning-policy
33 F FFF 22FF F FF  /meetings/{meeting}/what-if
33 F FFF FFFF 2 FF  /meetings/{foreign_meeting}/what-if
33 F FFF 2FFF F 2F  /series/{board}/edit
33 F FFF 2FFF F 2F  /series/{board}/roster
33 F FFF 2FFF F 2F  /series/{board}/policy
33 F FFF FFFF F 2F  /series/new
33 F FFF 2FFF F 2F  /meetings/{meeting}/time-and-place
33 F FFF 2FFF F 2F  /meetings/{meeting}/cancellation
33 F FFF FFFF F 2F  /meetings/{lecture}/talk
33 F FFF FFFF F 2F  /closures
33 F FFF FFFF F 2F  /closures/{closure}/removal
33 F FFF FFFF F 2F  /people
33 F FFF FFFF F 2F  /people/new
33 F FFF FFFF F 2F  /people/{person}
33 F FFF FFFF F 0F  /people/2147483647
33 F FFF 22FF 0 2F  /people/{person}/availability
33 F FFF 00FF 2 2F  /people/{elsewhere}/availability
33 F FFF 22FF 0 2F  /people/{presenter}/availability
33 F FFF 00FF 0 0F  /people/2147483647/availability
33 F FFF FFFF F 2F  /institutions
33 F FFF FFFF F 2F  /institutions/new
33 F FFF FFFF F 2F  /institutions/{institution}
33 F FFF FFFF F 2F  /outbox
33 F FFF FFFF F 2F  /outbox/{notice}
33 F FFF FFFF F F2  /audit-trail
"""
# Whom a POST lets through (y: it goes on to look at what was sent), and whom it turns away: 1 sign in, F, 0.
POSTS = """
11 y yyy yyyy y yy  /account/absences
11 0 000 0000 0 00  /account/absences/{foreign_absence}/removal
11 0 000 0000 0 00  /account/sign-ins/{foreign_sign_in}/end
11 y yyy yyyy y yy  /account/sign-ins/end-others
11 y yyy yyyy y yy  /account/hours
11 y yyy yyyy y yy  /account/busy-times
11 y yyy yyyy y yy  /account/busy-times/removal
11 F FFF yyFF 0 yF  /people/{person}/absences
11 F FFF yyFF 0 yF  /people/{person}/absences/{foreign_absence}/removal
11 F FFF 00FF 0 0F  /people/{elsewhere}/absences/{foreign_absence}/removal
11 F FFF yyFF 0 yF  /people/{person}/hours
11 F FFF yyFF 0 yF  /people/{person}/busy-times
11 F FFF yyFF 0 yF  /people/{person}/busy-times/removal
11 F FFF 00FF y yF  /people/{elsewhere}/hours
11 y yyy yyyy y yy  /account/password
11 y yyy yyyy y yy  /account/recovery-codes
11 y yyy yyyy y yy  /account/second-factor/not-a-token
11 y yyy yyyy y yy  /subscriptions/addresses
11 0 000 0000 0 00  /subscriptions/addresses/{foreign_token}
11 y yyy yyyy y yy  /invitations
11 0 000 0000 0 00  /subscriptions/addresses/{foreign_token}/rotation
11 0 000 0000 0 00  /subscriptions/addresses/{foreign_token}/revocation
11 y yyy yyyy y yy  /subscriptions/series/{lectures}/follow
11 y yyy yyyy y yy  /subscriptions/series/{lectures}/unfollow
11 0 000 0000 0 00  /subscriptions/series/{board}/follow
11 F y00 FFFF F FF  /cases/{draft}/sections/patient
11 F yF0 FFFF F FF  /cases/{submitted}/sections/patient
11 F 00y FFFF F FF  /cases/{foreign}/sections/patient
11 F y00 FFFF F FF  /cases/{draft}/submission
11 F yF0 FFFF F FF  /cases/{submitted}/submission
11 F yF0 FFFF F FF  /cases/{submitted}/withdrawal
11 F 00y FFFF F FF  /cases/{foreign}/withdrawal
11 F FFF yyFF 0 FF  /cases/{submitted}/acceptance
11 F FFF yyFF 0 FF  /cases/{submitted}/return
11 F FFF yyFF 0 FF  /cases/{submitted}/redirection
11 F FFF yyFF 0 FF  /cases/{submitted}/decline
11 F FFF 00FF y FF  /cases/{foreign}/decline
11 F FFF 00FF 0 FF  /cases/{missing}/decline
11 F FFF yyFF y FF  /triage/acceptance
11 F FFF yyFF F FF  /meetings/{meeting}/agenda/edits
11 F FFF yyFF F FF  /meetings/{meeting}/agenda/publication
11 F FFF FFFF y FF  /meetings/{foreign_meeting}/agenda/edits
11 F FFF yyFF F FF  /series/{board}/plans
11 F FFF yyFF F FF  /series/{board}/planning-policy
11 F FFF yyFF F FF  /series/{board}/proposals/{run}/acceptance
11 F FFF yyFF F FF  /series/{board}/proposals/{run}/dismissal
11 F FFF yFFF F yF  /series/{board}/edit
11 F FFF yFFF F yF  /series/{board}/edit/preview
11 F FFF yFFF F yF  /series/{board}/policy
11 F FFF yFFF F yF  /series/{board}/roster
11 F FFF yFFF F yF  /series/{board}/roster/{seat}/removal
11 F FFF FFFF F yF  /series
11 F FFF FFFF F yF  /series/preview
11 F FFF yFFF F yF  /meetings/{meeting}/time-and-place
11 F FFF yFFF F yF  /meetings/{meeting}/cancellation
11 F FFF yFFF F yF  /meetings/{meeting}/reinstatement
11 F FFF FFFF F yF  /meetings/{lecture}/talk
11 F FFF FFFF F yF  /closures
11 F FFF FFFF F yF  /closures/preview
11 F FFF FFFF F yF  /closures/{closure}/removal
11 F FFF FFFF F yF  /people
11 F FFF FFFF F yF  /people/{person}
11 F FFF FFFF F yF  /people/{person}/invitation
11 F FFF FFFF F yF  /people/{person}/deactivation
11 F FFF FFFF F yF  /people/{person}/reactivation
11 F FFF FFFF F yF  /institutions
11 F FFF FFFF F yF  /institutions/{institution}
11 F FFF FFFF F yF  /outbox/{notice}/repetition
11 F yyy FFFF F FF  /cases
"""
PUBLIC = {
    "accounts.open_invitation",
    "accounts.take_invitation",
    "feeds.education",
    "feeds.personal",
    "feeds.robots",
    "feeds.series",
    "kernel.static",
    "kernel.vendor",
    "security.forgot_password",
    "security.login",
    "security.logout",
    "security.mf_recovery",
    "security.reset_password",
    "security.static",
    "security.tf_select",
    "security.two_factor_rescue",
    "security.two_factor_setup",
    "security.two_factor_token_validation",
    "security.verify",
}
KEPT = (
    "absence",
    "weekday_hours",
    "busy_time",
    "case",
    "case_event",
    "agenda",
    "agenda_item",
    "meeting",
    "series",
    "person",
    "seat",
    "closure",
    "notice",
)


def _table(text: str) -> dict[str, dict[str, str]]:
    """Path by path, what each role is answered."""
    lines = (line.rpartition("  ") for line in text.strip().splitlines())
    return {path: dict(zip(ROLES, marks.replace(" ", ""), strict=True)) for marks, _, path in lines}


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask) -> World:
    return a_world()


@pytest.mark.parametrize("role", ROLES)
def test_page_opens_for_those_who_may_see_it_and_for_nobody_else(client: FlaskClient, world: World, role: str) -> None:
    world.enter(client, role)
    marks = {200: "2", 303: "3", 403: "F", 404: "0"}

    answered = {path: client.get(world.at(path)) for path in _table(GETS)}

    shown = {path: marks.get(answer.status_code, str(answer.status_code)) for path, answer in answered.items()}
    assert shown == {path: row[role] for path, row in _table(GETS).items()}
    assert {a.location.partition("?")[0] for a in answered.values() if a.status_code == 303} <= {"/sign-in"}


@pytest.mark.parametrize("role", ROLES)
def test_act_is_open_to_those_who_may_do_it_and_changes_nothing_for_others(
    client: FlaskClient, world: World, role: str
) -> None:
    token = world.enter(client, role)
    table = {path: row[role] for path, row in _table(POSTS).items()}
    marks = {401: "1", 403: "F", 404: "0"}
    before = _rows()

    refused = {path: _post(client, world, path, token) for path, mark in table.items() if mark != "y"}
    after = _rows()
    let_in = {path: _post(client, world, path, token) for path, mark in table.items() if mark == "y"}

    assert {path: marks.get(status, status) for path, status in refused.items()} == {
        path: mark for path, mark in table.items() if mark != "y"
    }
    assert after == before
    assert {path: status for path, status in let_in.items() if status in {400, *marks} or status >= 500} == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_address_fails_for_anybody_with_own_foreign_or_missing_things(
    client: FlaskClient, world: World, role: str
) -> None:
    token = world.enter(client, role)

    failed = []
    for rule in client.application.url_map.iter_rules():
        for path in _paths(rule, world):
            failed += _failures(client, rule, path, token)
            if rule.endpoint == "security.logout" and role not in {"nobody", "deactivated"}:
                token = world.enter(client, role)

    assert failed == []


def _failures(client: FlaskClient, rule: Rule, path: str, token: str) -> list[tuple[str, str, int]]:
    failed = []
    for method in sorted((rule.methods or set()) & {"GET", "POST"}):
        with client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None) as answer:
            if answer.status_code >= 500:
                failed.append((method, path, answer.status_code))
    return failed


def _paths(rule: Rule, world: World) -> list[str]:
    """The rule's address with own, foreign and missing values in its blanks."""
    own = {
        "code": world.things["submitted"],
        "slug": "patient" if "code" in rule.arguments else world.things["board"],
        "token": "not-a-token",
        "act": "reactivation",
        "version": "v",
        "filename": "css/app.css",
        "name": "public-sans.ttf",
    }
    own |= {name: world.things[name.removesuffix("_id")] for name in rule.arguments if _is_own(name, world)}
    own |= {name: world.things["foreign_" + name.removesuffix("_id")] for name in rule.arguments - own.keys()}
    foreign = {"code": world.things["foreign"], "meeting_id": world.things["foreign_meeting"], "slug": "lectures"}
    missing = {name: MISSING_ID for name in rule.arguments if name.endswith("_id")}
    missing |= {"code": world.things["missing"], "slug": "no-such", "name": "no-such"}
    fillings = [own, own | foreign, own | missing]
    return list(dict.fromkeys(_filled(rule.rule, values) for values in fillings))


def _is_own(name: str, world: World) -> bool:
    return name.removesuffix("_id") in world.things


def _filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda blank: values[blank.group(1)], path)


@pytest.mark.parametrize(("method", "text"), [("GET", GETS), ("POST", POSTS)])
def test_table_names_every_route_that_is_not_open_to_anybody(world: World, app: Flask, method: str, text: str) -> None:
    routes = app.url_map.bind("127.0.0.1")

    listed = {routes.match(world.at(path), method=method)[0] for path in _table(text)}

    closed = {rule.endpoint for rule in app.url_map.iter_rules() if method in (rule.methods or ())} - PUBLIC
    assert listed == closed


def test_only_the_declared_routes_are_open_to_anybody(app: Flask) -> None:
    open_to_all = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if app.view_functions[rule.endpoint].permission is Anyone.ANYONE
    }

    assert open_to_all == PUBLIC
    assert {name for name, permission in LIBRARY_ROUTES.items() if permission is Anyone.ANYONE} <= PUBLIC


def test_visitor_is_sent_to_the_sign_in_or_refused_everywhere_else(client: FlaskClient, world: World) -> None:
    token = world.enter(client, "nobody")
    closed = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint not in PUBLIC]

    pages = [client.get(path) for rule in closed if "GET" in rule.methods for path in _paths(rule, world)]
    acts = [
        client.post(path, data={"csrf_token": token})
        for rule in closed
        if "POST" in rule.methods
        for path in _paths(rule, world)
    ]

    assert {(page.status_code, page.location.partition("?")[0]) for page in pages} == {(303, "/sign-in")}
    assert {act.status_code for act in acts} == {401}


@pytest.mark.parametrize("role", ["elsewhere", "coordinator", "member", "observer", "other_board"])
def test_foreign_case_and_missing_case_answer_alike(client: FlaskClient, world: World, role: str) -> None:
    token = world.enter(client, role)
    foreign = world.things["submitted" if role in {"elsewhere", "other_board", "member", "observer"} else "foreign"]
    rules = [rule for rule in client.application.url_map.iter_rules() if "code" in rule.arguments]

    for rule in rules:
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            there, nowhere = (
                client.open(_filled(rule.rule, {"code": code, "slug": "patient"}), method=method, data=data)
                for code in (foreign, world.things["missing"])
                for data in [{"csrf_token": token} if method == "POST" else None]
            )

            assert there.status_code == nowhere.status_code
            assert there.status_code in {403, 404}
            assert _without_numbers(there.text) == _without_numbers(nowhere.text)


def _without_numbers(page: str) -> str:
    """The page without what differs at each request: the request's number and the tokens."""
    return re.sub(r'value="[^"]*"|<span class="num">[0-9a-f]{12}</span>', "", page)


def _post(client: FlaskClient, world: World, path: str, token: str) -> int:
    return client.post(world.at(path), data={"csrf_token": token}).status_code


def _rows() -> dict[str, list[tuple[object, ...]]]:
    db.session.rollback()
    tables = [db.metadata.tables[name] for name in KEPT]
    found = {table.name: db.session.execute(sa.select(table).order_by(*table.primary_key)).all() for table in tables}
    db.session.rollback()
    return {name: [tuple(row) for row in rows] for name, rows in found.items()}
