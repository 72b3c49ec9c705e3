"""The page on which people choose invitations by mail, and what a meeting's page shows of the answers."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import NOW, a_person, as_actor, form, seat, sign_in
from tests.feeds.makers import a_dated_meeting
from tests.feeds.makers_invitations import a_member_of, a_reply_mail, a_round, an_invited_person, chosen
from tumorboard.accounts.domain import Part
from tumorboard.feeds.calendar import receive
from tumorboard.feeds.domain.invitations import MOST_TURNS, Delivery
from tumorboard.feeds.queries import delivery_of
from tumorboard.kernel.db import transaction
from tumorboard.meetings.services import cancel_meeting, move_meeting
from tumorboard.series.domain import SeatPart

PAGE = "/invitations"


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def checked(text: str) -> list[str]:
    """The values of the radios that are on."""
    return [
        part.split('"')[0] for part in text.split('name="delivery" value="')[1:] if " checked" in part.split(">")[0]
    ]


def answer(person, meeting, partstat: str, **changed: str) -> None:
    receive(a_reply_mail(meeting.uid, person.email, partstat, DTSTAMP="20261201T140000Z", **changed))


def moved(meeting, by) -> None:
    with transaction():
        move_meeting(
            meeting,
            to_start=meeting.starts_at + timedelta(days=1),
            to_end=meeting.ends_at + timedelta(days=1),
            room=meeting.room,
            reason="",
            by=by,
            now=NOW,
        )


def test_subscriptions_lead_to_the_page_and_nothing_is_chosen_but_the_feed(client: FlaskClient) -> None:
    sign_in(client, a_person())

    page = client.get(PAGE)

    assert f'href="{PAGE}"' in client.get("/subscriptions").text
    assert checked(page.text) == ["feed"]
    assert "each meeting would show twice" in page.text
    assert "No invitation was sent to you yet." in page.text


@pytest.mark.parametrize("delivery", [Delivery.INVITATIONS, Delivery.BOTH])
def test_choice_is_kept_and_said(client: FlaskClient, delivery: Delivery) -> None:
    person = a_person()
    sign_in(client, person)

    answered = client.post(PAGE, data=form(client, PAGE, delivery=delivery.value))

    assert (answered.status_code, answered.location) == (303, PAGE)
    assert "on their way by mail" in client.get(PAGE).text
    assert checked(client.get(PAGE).text) == [delivery.value]
    assert delivery_of(person.id) is delivery


@pytest.mark.parametrize("typed", [{}, {"delivery": ""}, {"delivery": "pigeon"}])
def test_no_choice_is_refused_with_a_sentence(client: FlaskClient, typed: dict[str, str]) -> None:
    person = chosen(a_person())
    sign_in(client, person)

    answered = client.post(PAGE, data=form(client, PAGE, **typed))

    assert answered.status_code == 422
    assert "Choose how meetings should reach you." in answered.text
    assert delivery_of(person.id) is Delivery.INVITATIONS


def test_who_turns_invitations_on_again_and_again_waits_and_may_always_turn_them_off(client: FlaskClient) -> None:
    person = a_person()
    for _ in range(MOST_TURNS):
        chosen(person, Delivery.FEED)
        chosen(person, Delivery.INVITATIONS)
    sign_in(client, person)

    choices = [Delivery.BOTH, Delivery.FEED, Delivery.BOTH]  # both or mail alone is no other mail
    answers = [client.post(PAGE, data=form(client, PAGE, delivery=choice.value)) for choice in choices]

    refused = answers[-1]
    assert [one.status_code for one in answers] == [303, 303, 429]
    assert refused.headers["Retry-After"] == "901"
    assert "You turned invitations on several times. Wait 16 minutes, then try again." in refused.text
    assert checked(refused.text) == ["both"]
    assert delivery_of(person.id) is Delivery.FEED
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert client.post(PAGE, data=form(client, PAGE, delivery="both")).status_code == 303


def test_page_lists_what_was_sent_last_and_ones_own_answer(client: FlaskClient) -> None:
    person, meeting = an_invited_person()
    late = a_dated_meeting(meeting.series, NOW + timedelta(days=14))
    off = a_dated_meeting(meeting.series, NOW + timedelta(days=21))
    by = as_actor(a_person(Part.ADMINISTRATOR))
    a_round()
    answer(person, meeting, "ACCEPTED")
    answer(person, late, "TENTATIVE")
    moved(late, by)
    with transaction():
        cancel_meeting(off, reason="", by=by, now=NOW)
    a_round()
    sign_in(client, person)

    rows = [row.partition("</tr>")[0] for row in client.get(PAGE).text.split("<tr>")[2:]]

    shown = [[word for word in WORDS if word in row] for row in rows]
    assert shown == [
        ["Invited", "Accepted"],
        ["Invited", "Tentative", "You answered the earlier time"],
        ["Cancelled", "Not answered"],
    ]


WORDS = ("Invited", "Cancelled", "Accepted", "Tentative", "You answered the earlier time", "Not answered")


def test_page_shows_nothing_of_others_and_asks_as_much_for_three_as_for_one(client: FlaskClient, statements) -> None:
    person, meeting = an_invited_person()
    chosen(a_member_of(meeting.series))
    a_round()
    sign_in(client, person)
    client.get(PAGE)
    with statements() as one:
        assert client.get(PAGE).text.count("<tr>") == 2
    for week in (2, 3):
        a_dated_meeting(meeting.series, NOW + timedelta(weeks=week))
    a_round()
    with statements() as three:
        assert client.get(PAGE).text.count("<tr>") == 4

    assert one.count == three.count


@pytest.fixture
def answered_meeting(app):
    """Six were invited; four answered, one of them before the meeting was moved."""
    first, meeting = an_invited_person()
    people = [first, *(chosen(a_member_of(meeting.series, family_name=f"Member{n}")) for n in range(5))]
    a_round()
    answer(people[5], meeting, "ACCEPTED")
    moved(meeting, as_actor(a_person(Part.ADMINISTRATOR)))
    a_round()
    for person, partstat in zip(people, ("ACCEPTED", "ACCEPTED", "DECLINED"), strict=False):
        answer(person, meeting, partstat, SEQUENCE="1")
    return meeting


@pytest.mark.parametrize("part", [SeatPart.COORDINATOR, SeatPart.CHAIR])
def test_those_who_arrange_the_meeting_see_who_comes(client: FlaskClient, answered_meeting, part: SeatPart) -> None:
    lead = a_person()
    seat(answered_meeting.series, lead, part)
    sign_in(client, lead)

    page = client.get(f"/meetings/{answered_meeting.id}").text

    assert "2 accepted, 1 declined, 1 answered the earlier time, 2 not answered." in page
    assert "Robin Member4, MD</dt><dd>Answered the earlier time: accepted" in page


@pytest.mark.parametrize("part", [SeatPart.CORE_MEMBER, SeatPart.OBSERVER, None])
def test_nobody_else_sees_the_answers(client: FlaskClient, answered_meeting, part: SeatPart | None) -> None:
    person = a_person(Part.CLINICIAN)
    if part:
        seat(answered_meeting.series, person, part)
    sign_in(client, person)

    page = client.get(f"/meetings/{answered_meeting.id}").text

    assert "Replies by mail" not in page
    assert "Member4" not in page


def test_meeting_nobody_was_invited_to_shows_no_answers(client: FlaskClient) -> None:
    sign_in(client, a_person(Part.ADMINISTRATOR))
    _, meeting = an_invited_person()

    assert "Replies by mail" not in client.get(f"/meetings/{meeting.id}").text
