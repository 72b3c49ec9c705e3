"""A person chooses invitations, and a calendar program that is none of ours follows the meeting by mail alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import BrowserContext, Page, expect

from tests.factories import a_meeting, a_person, a_series, an_institution, seat
from tests.journeys.serving import Mailbox, Served
from tests.journeys.steps import sign_in
from tumorboard.accounts.domain import InstitutionKind
from tumorboard.feeds.calendar.lint import lint_invitation
from tumorboard.kernel.clock import utc_now
from tumorboard.series.domain import SeatPart
from tumorboard.worker import run_once

ROOT = Path(__file__).resolve().parents[2]
REPLY = """BEGIN:VCALENDAR\r
PRODID:-//A calendar program//EN\r
VERSION:2.0\r
METHOD:REPLY\r
BEGIN:VEVENT\r
UID:{uid}\r
SEQUENCE:{sequence}\r
DTSTAMP:{stamp}\r
ATTENDEE;PARTSTAT={partstat}:{attendee}\r
END:VEVENT\r
END:VCALENDAR\r
"""


@dataclass(frozen=True)
class Cast:
    """Who is in the story, and the meeting."""

    member: str
    coordinator: str
    meeting_id: int


@pytest.fixture
def cast(place: Served) -> Cast:
    """A board with a meeting in a week, a member and a coordinator."""
    long_ago, today = utc_now() - timedelta(days=60), utc_now().date()
    with place.app.app_context():
        hub = an_institution(kind=InstitutionKind.HUB)
        # One meeting alone: a rhythm that never comes makes no other.
        board = a_series(
            host_id=hub.id,
            name="Chest tumor board",
            rule="FREQ=YEARLY;BYDAY=1MO",
            first_on=today.replace(year=today.year + 3),
        )
        member, coordinator = (a_person(at=hub, joined_at=long_ago) for _ in range(2))
        seat(board, member, SeatPart.CORE_MEMBER)
        seat(board, coordinator, SeatPart.COORDINATOR)
        meeting = a_meeting(board, occurs_on=today + timedelta(days=7), room="Conference room 4")
        return Cast(member.email, coordinator.email, meeting.id)


def test_choice_invitation_move_answer_and_cancellation_by_mail(
    place: Served, cast: Cast, mailbox: Mailbox, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    member = sign_in(new_context(), place, cast.member)
    coordinator = sign_in(new_context(), place, cast.coordinator)

    _choose(member, "By invitation instead")
    run_once(place.app)
    [invited] = _received(mailbox, cast)
    _move_by_a_day(coordinator, place, cast)
    run_once(place.app)
    [moved] = _received(mailbox, cast)[1:]
    code, said = _receive(place, tmp_path, _reply_to(moved, "ACCEPTED"))
    coordinator.goto(f"{place.url}/meetings/{cast.meeting_id}")
    expect(coordinator.get_by_text("1 accepted.", exact=True)).to_be_visible()
    _cancel(coordinator)
    run_once(place.app)
    run_once(place.app)
    [off] = _received(mailbox, cast)[2:]

    assert (code, said) == (0, "")
    events = [_event(message) for message in (invited, moved, off)]
    assert [event["method"] for event in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert [event["status"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert len({event["uid"] for event in events}) == 1
    assert events[1]["starts"] - events[0]["starts"] == timedelta(days=1)
    assert [message["Subject"] for message in (invited, moved, off)] == [
        "Invitation: a meeting",
        "Changed invitation: a meeting",
        "Cancelled invitation: a meeting",
    ]
    member.goto(f"{place.url}/invitations")
    expect(member.get_by_role("row", name="Chest tumor board")).to_contain_text("Accepted")


def test_mail_that_is_no_reply_is_sent_back_by_the_pipe_and_never_with_a_traceback(
    place: Served, tmp_path: Path
) -> None:
    code, said = _receive(place, tmp_path, b"From: somebody@example.org\r\n\r\nWhat is this?\r\n")

    assert code == 65
    assert said == "The mail holds no answer of a calendar program. Answer by the buttons of your calendar.\n"


def _choose(page: Page, label: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Subscribe").click()
    page.get_by_role("link", name="Invitations by mail").click()
    page.get_by_label(label).check()
    page.get_by_role("button", name="Save choice").click()
    expect(page.get_by_text("on their way by mail")).to_be_visible()


def _move_by_a_day(page: Page, place: Served, cast: Cast) -> None:
    page.goto(f"{place.url}/meetings/{cast.meeting_id}")
    page.get_by_role("link", name="Move meeting").click()
    page.get_by_label("Day").fill((utc_now().date() + timedelta(days=8)).isoformat())
    page.get_by_role("button", name="Move meeting").click()
    expect(page.get_by_text("Calendars follow")).to_be_visible()


def _cancel(page: Page) -> None:
    page.get_by_role("link", name="Cancel meeting").click()
    page.get_by_label("Reason").fill("Fire drill")
    page.get_by_role("button", name="Cancel meeting").click()
    expect(page.get_by_text("The meeting was cancelled.")).to_be_visible()


def _received(mailbox: Mailbox, cast: Cast) -> list[EmailMessage]:
    return [message for message in mailbox.to(cast.member) if message.is_multipart()]


def _event(message: EmailMessage) -> dict[str, object]:
    """What the last part says, read by vobject."""
    *_, part = message.iter_parts()
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    lint_invitation(body)
    calendar = vobject.readOne(body.decode())
    [event] = calendar.vevent_list
    assert part.get_param("method") == calendar.method.value
    return {
        "method": calendar.method.value,
        "uid": event.uid.value,
        "sequence": int(event.sequence.value),
        "status": event.status.value,
        "starts": event.dtstart.value.astimezone(UTC),
        "attendee": event.attendee.value,
        "organizer": event.organizer.value.removeprefix("mailto:"),
    }


def _reply_to(message: EmailMessage, partstat: str) -> bytes:
    """What a calendar program sends when its user presses a button."""
    event = _event(message)
    mail = EmailMessage()
    mail["From"], mail["To"] = message["To"], str(event["organizer"])
    mail.set_content("Accepted.")
    text = REPLY.format(**event, partstat=partstat, stamp=f"{utc_now():%Y%m%dT%H%M%SZ}")
    mail.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    return mail.as_bytes()


def _receive(place: Served, folder: Path, raw: bytes) -> tuple[int, str]:
    """Pipe the mail into the command, as a mail server does; give the exit code and what stood on standard error."""
    database = place.app.config["SQLALCHEMY_DATABASE_URI"]
    environ = {"TB_INSTANCE": str(folder), "TB_DATABASE_URL": database, "TB_LOG_LEVEL": "CRITICAL"}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "invitations", "receive"],
        input=raw, capture_output=True, cwd=ROOT, env=os.environ | environ, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr.decode()
