"""Inviting people, shutting them out, when they can join, and slowing down who guesses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import func, select

from tests.accounts.makers import link_to, notices_to
from tests.factories import NOW, PASSWORD, a_person, an_institution, as_actor, stored
from tumorboard.accounts.domain import EmailTaken, Hours, InvitationOver, Part, TooManyTries
from tumorboard.accounts.models import Absence, BusyTime, Invitation, Person, SignIn, Throttle
from tumorboard.accounts.queries import hours_of
from tumorboard.accounts.services import (
    accept_invitation,
    add_absence,
    deactivate,
    edit_person,
    end_sign_ins_of,
    forget_failures,
    forget_past_busy_times,
    invite,
    note_failure,
    reactivate,
    refuse_when_throttled,
    remove_absence,
    set_busy_times,
    set_weekly_hours,
    sweep_sign_ins,
)
from tumorboard.accounts.services.people import INVITATION_LIFETIME, PersonDraft, invite_again, invited_by_token
from tumorboard.accounts.services.throttling import MOST_A_NETWORK, MOST_AN_ACCOUNT, MOST_TOGETHER, WINDOW, count_act
from tumorboard.audit.models import AuditEntry
from tumorboard.kernel.db import db, retrying, transaction
from tumorboard.kernel.errors import Invalid, NotFound
from tumorboard.notices.domain import NoticeKind

pytestmark = pytest.mark.usefixtures("app")
HOME, AWAY = "198.51.100.7", "203.0.113.9"


def a_draft(**overrides) -> PersonDraft:
    """Somebody new."""
    values = {"email": "robin@example.org", "given_name": "Robin", "family_name": "Example"}
    values["institution_id"] = overrides.pop("institution_id", None) or an_institution().id
    return PersonDraft(**{**values, **overrides})


def an_invited_person(**overrides) -> Person:
    """Somebody invited at NOW."""
    draft = a_draft(**overrides)
    with transaction():
        return invite(draft, by=None, now=NOW)


def accept(token: str, *, after: timedelta = timedelta(0)) -> Person:
    """Take the invitation as the page does."""
    with transaction():
        return accept_invitation(token, password_hash=hash_password(PASSWORD), now=NOW + after)


def a_sign_in(person: Person, **overrides) -> SignIn:
    """A session begun an hour ago and used just now."""
    values = {"token_hash": overrides.pop("token", b"a" * 32), "person_id": person.id, "data": {}}
    values |= {"started_at": NOW - timedelta(hours=1), "seen_at": NOW}
    return stored(SignIn(**{**values, **overrides}))


def fail(account: str = "robin@example.org", address: str = HOME, *, times: int = 1, after=timedelta(0)) -> None:
    """Fail to sign in so often."""
    for _ in range(times):
        with transaction():
            note_failure(account, address, now=NOW + after)


def test_invited_person_is_mailed_a_link_and_cannot_sign_in_yet() -> None:
    person = an_invited_person(parts=frozenset({Part.CLINICIAN}))

    notice = notices_to(person)[0]
    assert notice.kind is NoticeKind.INVITATION
    assert set(notice.facts) == {"link", "days"}
    assert notice.facts["link"].startswith("/invitations/")
    assert (person.password, person.joined_at, [row.part for row in person.parts]) == (None, None, [Part.CLINICIAN])


def test_token_of_an_invitation_is_not_stored() -> None:
    person = an_invited_person()

    token = link_to(person).rpartition("/")[2]
    invitation = db.session.scalars(select(Invitation)).one()
    assert token.encode() not in invitation.token_hash
    assert len(token) >= 43


def test_invitation_is_good_once() -> None:
    person = an_invited_person()
    token = link_to(person).rpartition("/")[2]

    joined = accept(token)

    assert (joined.id, joined.joined_at) == (person.id, NOW)
    with pytest.raises(InvitationOver):
        accept(token)


@pytest.mark.parametrize(
    ("after", "open_"), [(INVITATION_LIFETIME - timedelta(seconds=1), True), (INVITATION_LIFETIME, False)]
)
def test_invitation_lasts_fourteen_days(after: timedelta, open_: bool) -> None:
    token = link_to(an_invited_person()).rpartition("/")[2]

    if open_:
        assert accept(token, after=after)
    else:
        with pytest.raises(InvitationOver):
            accept(token, after=after)


def test_new_invitation_replaces_the_old_one() -> None:
    person, admin = an_invited_person(), as_actor(a_person(Part.ADMINISTRATOR))
    old = link_to(person).rpartition("/")[2]

    with transaction():
        invite_again(person, by=admin, now=NOW)

    new = link_to(person).rpartition("/")[2]
    with pytest.raises(NotFound):
        invited_by_token(old, now=NOW)
    assert invited_by_token(new, now=NOW).id == person.id


def test_who_came_in_is_not_invited_again() -> None:
    admin, person = as_actor(a_person(Part.ADMINISTRATOR)), a_person()

    with pytest.raises(InvitationOver), transaction():
        invite_again(person, by=admin, now=NOW)


def test_invented_token_opens_nothing() -> None:
    an_invited_person()

    with pytest.raises(NotFound):
        accept("invented")


def test_invitation_of_somebody_deactivated_opens_nothing() -> None:
    person = an_invited_person()
    token = link_to(person).rpartition("/")[2]
    with transaction():
        deactivate(person, by=None, now=NOW)

    with pytest.raises((InvitationOver, NotFound)):
        accept(token)


@pytest.mark.parametrize("address", ["robin@example.org", "Robin@Example.ORG", "ROBIN@EXAMPLE.ORG"])
def test_same_address_in_another_case_collides(address: str) -> None:
    an_invited_person(email="robin@example.org")

    with pytest.raises(EmailTaken) as error:
        an_invited_person(email=address)

    assert error.value.fields == {"email": ["Somebody has this address already."]}


def test_editing_a_person_to_somebody_elses_address_collides() -> None:
    admin, other = as_actor(a_person(Part.ADMINISTRATOR)), a_person(email="robin@example.org")
    person, draft = a_person(), a_draft(email="ROBIN@example.org", institution_id=other.institution_id)

    with pytest.raises(EmailTaken), transaction():
        edit_person(person, draft, by=admin, now=NOW)


def test_longest_names_are_told_like_all_others() -> None:
    person = an_invited_person(given_name="G" * 60, family_name="F" * 60, credentials="C" * 60)

    assert notices_to(person)[0].name.startswith("G" * 60 + " " + "F" * 38)


def test_parts_are_replaced_by_those_chosen() -> None:
    admin, person = as_actor(a_person(Part.ADMINISTRATOR)), a_person(Part.CLINICIAN, Part.MEMBER_PHYSICIAN)
    draft = a_draft(
        institution_id=person.institution_id, parts=frozenset({Part.MEMBER_PHYSICIAN, Part.PRIVACY_OFFICER})
    )

    with transaction():
        edit_person(person, draft, by=admin, now=NOW)

    db.session.expire_all()
    assert {row.part for row in person.parts} == {Part.MEMBER_PHYSICIAN, Part.PRIVACY_OFFICER}


def test_deactivation_ends_every_session() -> None:
    person, other = a_person(), a_person()
    a_sign_in(person, token=b"a" * 32)
    a_sign_in(person, token=b"b" * 32)
    kept = a_sign_in(other, token=b"c" * 32)

    with transaction():
        deactivate(person, by=None, now=NOW)

    assert [row.id for row in db.session.scalars(select(SignIn))] == [kept.id]
    assert not person.active


def test_deactivation_of_oneself_is_refused() -> None:
    admin = a_person(Part.ADMINISTRATOR)

    with pytest.raises(Invalid, match="Ask another administrator"), transaction():
        deactivate(admin, by=as_actor(admin), now=NOW)


def test_reactivated_person_begins_without_sessions() -> None:
    person, admin = a_person(), as_actor(a_person(Part.ADMINISTRATOR))
    a_sign_in(person)
    with transaction():
        deactivate(person, by=admin, now=NOW)

    with transaction():
        reactivate(person, by=admin, now=NOW)

    assert person.active
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_ending_sessions_can_keep_one() -> None:
    person = a_person()
    a_sign_in(person, token=b"a" * 32)
    kept = a_sign_in(person, token=b"b" * 32)

    with transaction():
        end_sign_ins_of(person, but=b"b" * 32)

    assert [row.id for row in db.session.scalars(select(SignIn))] == [kept.id]


def test_sweep_removes_what_is_over_and_nothing_else() -> None:
    person = a_person()
    idle, absolute = timedelta(minutes=15), timedelta(hours=12)
    a_sign_in(person, token=b"i" * 32, seen_at=NOW - idle)
    a_sign_in(person, token=b"o" * 32, started_at=NOW - absolute)
    kept = a_sign_in(person, token=b"k" * 32, seen_at=NOW - idle + timedelta(seconds=1))
    fail("over@example.org", after=-WINDOW)
    fail("open@example.org", AWAY, after=timedelta(seconds=1) - WINDOW)

    with transaction():
        sweep_sign_ins(idle=idle, absolute=absolute, now=NOW)

    assert [row.id for row in db.session.scalars(select(SignIn))] == [kept.id]
    assert db.session.scalar(select(func.count()).select_from(Throttle)) == 3


def test_fifth_failure_at_one_place_closes_it_for_the_rest_of_the_window() -> None:
    fail(times=MOST_TOGETHER - 1)
    refuse_when_throttled("robin@example.org", HOME, now=NOW)
    fail()

    with pytest.raises(TooManyTries) as error:
        refuse_when_throttled("robin@example.org", HOME, now=NOW + timedelta(minutes=5))

    assert error.value.retry_after == 601
    assert error.value.message == "Wait 11 minutes, then try again."
    refuse_when_throttled("robin@example.org", HOME, now=NOW + WINDOW)


def test_account_written_otherwise_is_the_same_account() -> None:
    fail(" Robin@EXAMPLE.org ", times=MOST_TOGETHER)

    with pytest.raises(TooManyTries):
        refuse_when_throttled("robin@example.org", HOME, now=NOW)


@pytest.mark.parametrize("neighbour", ["198.51.100.200", "198.51.100.0"])
def test_neighbours_in_one_network_count_as_one_place(neighbour: str) -> None:
    fail(times=MOST_TOGETHER)

    with pytest.raises(TooManyTries):
        refuse_when_throttled("robin@example.org", neighbour, now=NOW)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("2001:db8:1:100::1", "2001:db8:1:1ff::9", True), ("2001:db8:1:100::1", "2001:db8:1:200::1", False)],
)
def test_ipv6_counts_by_the_net_that_one_customer_gets(first: str, second: str, same: bool) -> None:
    fail(address=first, times=MOST_TOGETHER)

    if same:
        with pytest.raises(TooManyTries):
            refuse_when_throttled("robin@example.org", second, now=NOW)
    else:
        refuse_when_throttled("robin@example.org", second, now=NOW)


def test_others_and_other_places_stay_open() -> None:
    fail(times=MOST_TOGETHER)

    refuse_when_throttled("robin@example.org", AWAY, now=NOW)
    refuse_when_throttled("kim@example.org", HOME, now=NOW)


def test_account_tried_from_everywhere_is_slowed_down() -> None:
    for number in range(MOST_AN_ACCOUNT):
        fail(address=f"10.0.{number}.1")

    with pytest.raises(TooManyTries):
        refuse_when_throttled("robin@example.org", "192.0.2.1", now=NOW)


def test_network_that_tries_everybody_is_slowed_down() -> None:
    with transaction():
        for number in range(MOST_A_NETWORK):
            note_failure(f"person{number}@example.org", HOME, now=NOW)

    with pytest.raises(TooManyTries):
        refuse_when_throttled("nobody@example.org", HOME, now=NOW)


def test_what_a_person_may_do_so_often_in_a_while_is_counted_for_each_person_and_act() -> None:
    with transaction():
        for person_id, act in ((1, "this"), (1, "this"), (1, "that"), (2, "this")):
            count_act(act, person_id, most=2, now=NOW)

    with pytest.raises(TooManyTries) as error, transaction():
        count_act("this", 1, most=2, now=NOW + timedelta(minutes=5))

    assert error.value.retry_after == 601
    with transaction():
        count_act("this", 1, most=2, now=NOW + WINDOW)


def test_window_over_counts_from_one_again() -> None:
    fail(times=MOST_TOGETHER)
    fail(after=WINDOW)

    refuse_when_throttled("robin@example.org", HOME, now=NOW + WINDOW)


def test_success_clears_the_count_here_but_not_the_wide_ones() -> None:
    fail(times=MOST_TOGETHER)

    with transaction():
        forget_failures("robin@example.org", HOME)

    refuse_when_throttled("robin@example.org", HOME, now=NOW)
    assert sorted(row.failures for row in db.session.scalars(select(Throttle))) == [5, 5]


def test_failures_at_the_same_moment_are_all_counted(app: Flask) -> None:
    def fail_elsewhere(_: int) -> None:
        with app.app_context():
            retrying(fail)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail_elsewhere, range(8)))

    assert {row.failures for row in db.session.scalars(select(Throttle))} == {8}


def changed_at(person: Person):
    """The moment of the last change, as it is stored."""
    db.session.expire_all()
    return db.session.get_one(Person, person.id).availability_changed_at


def actions() -> list[str]:
    """What the audit trail says was done, in order."""
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))


def test_every_change_of_availability_is_dated_and_recorded() -> None:
    person = a_person()
    by, later = as_actor(person), [NOW + timedelta(minutes=number) for number in range(5)]
    span = (NOW, NOW + timedelta(hours=1))

    seen = []
    with transaction():
        absence = add_absence(person, starts_on=NOW.date(), ends_on=NOW.date(), by=by, now=later[0])
    seen.append(changed_at(person))
    with transaction():
        remove_absence(db.session.get_one(Absence, absence.id), by=by, now=later[1])
    seen.append(changed_at(person))
    with transaction():
        set_weekly_hours(person, {0: Hours(never=True)}, by=by, now=later[2])
    seen.append(changed_at(person))
    with transaction():
        set_busy_times(person, [span], by=by, now=later[3])
    seen.append(changed_at(person))
    with transaction():
        set_busy_times(person, (), by=by, now=later[4])
    seen.append(changed_at(person))

    assert seen == later
    assert actions() == ["absence.added", "absence.removed", "hours.set", "busy_times.set", "busy_times.set"]


def test_weekly_hours_replace_each_other_and_the_same_hours_are_no_change() -> None:
    person = a_person()
    by, week = as_actor(person), {1: Hours(joins_from=time(8), joins_until=time(9)), 4: Hours(never=True)}
    with transaction():
        set_weekly_hours(person, {1: Hours(joins_until=time(7)), 2: Hours(never=True)}, by=by, now=NOW)
    with transaction():
        set_weekly_hours(person, week, by=by, now=NOW + timedelta(hours=1))

    with transaction():
        set_weekly_hours(person, dict(week), by=by, now=NOW + timedelta(hours=2))

    assert changed_at(person) == NOW + timedelta(hours=1)
    assert {row.weekday: row.hours for row in db.session.scalars(hours_of(person.id))} == week
    assert actions() == ["hours.set", "hours.set"]


def test_busy_times_replace_each_other_and_past_ones_are_forgotten() -> None:
    person, hour = a_person(), timedelta(hours=1)
    for spans in (
        [(NOW, NOW + hour)],
        [(NOW - 2 * hour, NOW - hour), (NOW - hour / 2, NOW + hour), (NOW, NOW + 2 * hour)],
    ):
        with transaction():
            set_busy_times(person, spans, by=as_actor(person), now=NOW)

    with transaction():
        forget_past_busy_times(now=NOW)

    kept = [(row.starts_at, row.ends_at) for row in db.session.scalars(select(BusyTime))]
    assert kept == [(NOW - hour / 2, NOW + 2 * hour)]


def test_two_uploads_at_the_same_moment_leave_one_of_them(app: Flask) -> None:
    person = a_person()
    by, person_id = as_actor(person), person.id

    def upload(number: int) -> None:
        spans = [(NOW + timedelta(hours=hour), NOW + timedelta(hours=hour, minutes=number)) for hour in range(20)]
        with app.app_context():

            def once() -> None:
                with transaction():
                    set_busy_times(db.session.get_one(Person, person_id), spans, by=by, now=NOW)

            retrying(once)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upload, range(1, 5)))

    db.session.rollback()
    lengths = [row.ends_at - row.starts_at for row in db.session.scalars(select(BusyTime))]
    assert len(lengths) == 20
    assert len(set(lengths)) == 1
