"""Placing cases on an agenda, ordering it, and publishing it."""

from tumorboard.agendas.services.follow import follow_meeting, withdraw_from_agenda
from tumorboard.agendas.services.items import (
    add_break,
    agenda_for,
    lock_item,
    move_item,
    move_to_meeting,
    place_case,
    remove_item,
    set_minutes,
)
from tumorboard.agendas.services.publish import publish
from tumorboard.agendas.services.replan import PlannedItem, arrange

__all__ = [
    "PlannedItem",
    "add_break",
    "agenda_for",
    "arrange",
    "follow_meeting",
    "lock_item",
    "move_item",
    "move_to_meeting",
    "place_case",
    "publish",
    "remove_item",
    "set_minutes",
    "withdraw_from_agenda",
]
