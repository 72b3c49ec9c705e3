"""Who may do what, against a table written by hand."""

import pytest

from tumorboard.accounts.domain import ALLIANCE_PARTS, BOARD_PARTS, GRANTS, Actor, Part, Permission, Reach

ME, HOME, BOARD = 7, 3, 11
SOMEBODY, ELSEWHERE, OTHER_BOARD = 8, 4, 12

# Permission: who holds it, with which reach. Whoever changes the table in the code changes this one too, and says why.
TABLE = {
    "home_see": "signed_in:everywhere",
    "calendar_see": "signed_in:everywhere",
    "self_edit": "signed_in:everywhere",
    "people_manage": "administrator:everywhere",
    "series_see": "signed_in:everywhere",
    "series_create": "administrator:everywhere",
    "series_edit": "coordinator:own_board administrator:everywhere",
    "closure_manage": "administrator:everywhere",
    "meeting_see": "signed_in:everywhere",
    "meeting_edit": "coordinator:own_board administrator:everywhere",
    "case_submit": "member_physician:own",
    "case_see": "member_physician:own_institution chair:own_board coordinator:own_board board_member:own_board"
    " observer:own_board",
    "case_edit": "member_physician:own",
    "case_withdraw": "member_physician:own",
    "case_triage": "coordinator:own_board chair:own_board",
    "agenda_see": "chair:own_board coordinator:own_board board_member:own_board observer:own_board",
    "agenda_edit": "coordinator:own_board chair:own_board",
    "agenda_publish": "coordinator:own_board chair:own_board",
    "plan_run": "coordinator:own_board chair:own_board",
    "feed_subscribe": "signed_in:everywhere",
    "notices_see": "administrator:everywhere",
    "audit_see": "privacy_officer:everywhere",
}
HELD = {
    (Permission(permission), Part(grant.split(":")[0])): Reach(grant.split(":")[1])
    for permission, grants in TABLE.items()
    for grant in grants.split()
}
THING_WITHIN = {
    Reach.EVERYWHERE: {"owner_id": SOMEBODY, "institution_id": ELSEWHERE, "series_id": OTHER_BOARD},
    Reach.OWN_INSTITUTION: {"institution_id": HOME},
    Reach.OWN_BOARD: {"series_id": BOARD},
    Reach.OWN: {"owner_id": ME},
}
FOREIGN = {"owner_id": SOMEBODY, "institution_id": ELSEWHERE, "series_id": OTHER_BOARD}


def an_actor(*parts: Part) -> Actor:
    """Number ME from HOME, playing the parts: those of a board on BOARD."""
    return Actor(
        person_id=ME,
        institution_id=HOME,
        parts=frozenset(part for part in parts if part in ALLIANCE_PARTS),
        boards={part: frozenset({BOARD}) for part in parts if part in BOARD_PARTS},
    )


def test_table_of_permissions_is_the_one_written_here() -> None:
    found = {(permission, part): reach for permission, grants in GRANTS.items() for part, reach in grants.items()}

    assert found == HELD


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("permission", list(Permission))
def test_part_holds_a_permission_within_its_reach_and_no_further(permission: Permission, part: Part) -> None:
    reach = HELD.get((permission, part)) or HELD.get((permission, Part.SIGNED_IN))
    actor = an_actor(part)

    assert actor.may(permission) is (reach is not None)
    assert actor.may(permission, **FOREIGN) is (reach is Reach.EVERYWHERE)
    if reach is not None:
        assert actor.may(permission, **THING_WITHIN[reach])


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("permission", list(Permission))
def test_boards_where_and_everywhere_say_what_the_table_says(permission: Permission, part: Part) -> None:
    reach = HELD.get((permission, part)) or HELD.get((permission, Part.SIGNED_IN))
    actor = an_actor(part)

    assert actor.boards_where(permission) == (frozenset({BOARD}) if reach is Reach.OWN_BOARD else frozenset())
    assert actor.everywhere(permission) is (reach is Reach.EVERYWHERE)


def test_thing_without_an_owner_is_nobodys_own() -> None:
    actor = an_actor(Part.MEMBER_PHYSICIAN)

    assert not actor.may(Permission.CASE_EDIT, institution_id=HOME, series_id=BOARD)


def test_two_boards_in_different_parts_are_added_up_but_never_mixed() -> None:
    actor = Actor(
        person_id=ME,
        institution_id=HOME,
        boards={Part.COORDINATOR: frozenset({BOARD}), Part.OBSERVER: frozenset({OTHER_BOARD})},
    )

    assert actor.boards_where(Permission.CASE_SEE) == {BOARD, OTHER_BOARD}
    assert actor.boards_where(Permission.AGENDA_EDIT) == {BOARD}
    assert not actor.may(Permission.AGENDA_EDIT, series_id=OTHER_BOARD)


def test_board_part_on_no_board_is_no_part() -> None:
    actor = Actor(person_id=ME, institution_id=HOME, boards={Part.COORDINATOR: frozenset()})

    assert not actor.may(Permission.AGENDA_SEE)
