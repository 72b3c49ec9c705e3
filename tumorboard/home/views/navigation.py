"""The shell around every page: main navigation, who is signed in, light or dark."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_request_context, request, url_for

from tumorboard.accounts.domain import Actor, Permission


@dataclass(frozen=True)
class Link:
    """One entry of the main navigation."""

    label: str
    url: str
    current: bool
    count: int | None = None


# A refused form stays where it was: its address belongs to the same entry.
_OWN_CASES = (
    *("cases.list_own", "cases.show", "cases.edit", "cases.check", "cases.store", "cases.submit", "cases.start"),
    *("agendas.ask_withdrawal", "agendas.withdraw"),
)
_TRIAGE = ("cases.inbox", "cases.decide", "cases.accept", "cases.decline", "cases.send_back", "cases.redirect_to")
_AGENDAS = ("agendas.list", "agendas.show", "agendas.print", "agendas.edit", "agendas.publish")
_PEOPLE = (
    *("accounts.list_people", "accounts.list_in", "accounts.new_", "accounts.show_person", "accounts.show_in"),
    *("accounts.create_", "accounts.update_", "accounts.change_access", "accounts.repeat_invitation"),
)
# What stands in the navigation, for whom, and which pages belong to it.
_ENTRIES: tuple[tuple[str, str, Permission, tuple[str, ...]], ...] = (
    ("Today", "home.today", Permission.HOME_SEE, ("home.today",)),
    ("Calendar", "home.calendar", Permission.CALENDAR_SEE, ("home.calendar",)),
    ("Subscribe", "feeds.subscriptions", Permission.FEED_SUBSCRIBE, ("feeds.",)),
    ("My cases", "cases.list_own", Permission.CASE_SUBMIT, _OWN_CASES),
    ("Triage", "cases.inbox", Permission.CASE_TRIAGE, _TRIAGE),
    ("Agendas", "agendas.list_agendas", Permission.AGENDA_SEE, _AGENDAS),
    ("Plans", "scheduling.overview", Permission.PLAN_RUN, ("scheduling.",)),
    ("Series", "series.list_series", Permission.SERIES_SEE, ("series.", "meetings.")),
    ("People", "accounts.list_people", Permission.PEOPLE_MANAGE, _PEOPLE),
    (
        "Outbox",
        "accounts.list_notices",
        Permission.NOTICES_SEE,
        ("accounts.list_notices", "accounts.show_notice", "accounts.repeat_notice"),
    ),
    ("Audit", "accounts.list_audit_entries", Permission.AUDIT_SEE, ("accounts.list_audit_entries",)),
)


def install_shell(app: Flask) -> None:
    """Give every template its navigation, the actor and the theme."""
    app.context_processor(_shell)


def _shell() -> dict[str, Any]:
    if not has_request_context():
        return {}  # a mail has no shell around it
    actor = g.get("actor")
    theme = request.cookies.get("theme", "")
    return {
        "actor": actor,
        "nav": navigation(actor) if actor else [],
        "theme": theme if theme in {"light", "dark"} else "",
    }


def navigation(actor: Actor) -> list[Link]:
    """The entries that the person may open, the present one marked."""
    return [
        Link(label, url_for(endpoint), _is_here(pages))
        for label, endpoint, permission, pages in _ENTRIES
        if actor.may(permission)
    ]


def _is_here(pages: tuple[str, ...]) -> bool:
    return (request.endpoint or "").startswith(pages)
