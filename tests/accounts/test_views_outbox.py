"""The outbox, for those who watch over the service."""

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import NOW, a_person, form, sign_in
from tests.notices.makers import a_notice, again
from tumorboard.accounts.domain import Part
from tumorboard.notices.domain import NoticeKind, NoticeState


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def watcher(client: FlaskClient) -> FlaskClient:
    return sign_in(client, a_person(Part.ADMINISTRATOR))


@pytest.mark.parametrize("kind", [NoticeKind.INVITATION, NoticeKind.RECOVERY])
@pytest.mark.parametrize("state", list(NoticeState))
def test_link_that_lets_somebody_in_is_shown_to_nobody(
    watcher: FlaskClient, kind: NoticeKind, state: NoticeState
) -> None:
    facts = {} if state is NoticeState.SENT else {"link": "/secret/path-of-one"}
    notice = a_notice(kind, state=state, facts={**facts, "days": 14})

    pages = watcher.get("/outbox").text + watcher.get(f"/outbox/{notice.id}").text

    assert "path-of-one" not in pages
    assert "(a link that only the recipient is sent)" in pages


def test_other_message_is_shown_as_it_is_mailed(watcher: FlaskClient) -> None:
    notice = a_notice(
        NoticeKind.CASE_ACCEPTED, facts={"board": "GI & liver <board>", "code": "7KQ-4M2", "path": "/cases/7KQ-4M2"}
    )

    page = watcher.get(f"/outbox/{notice.id}").text

    assert "GI &amp; liver &lt;board&gt; accepted your case 7KQ-4M2." in page


@pytest.mark.parametrize(("state", "shown"), [("sent", 1), ("dead", 2), ("pending", 3), ("", 6), ("nonsense", 6)])
def test_messages_are_listed_by_state(watcher: FlaskClient, state: str, shown: int) -> None:
    for each, count in ((NoticeState.SENT, 1), (NoticeState.DEAD, 2), (NoticeState.PENDING, 3)):
        for _ in range(count):
            a_notice(state=each)

    page = watcher.get("/outbox", query_string={"state": state}).text

    assert page.count('href="/outbox/') == shown


def test_dead_letter_is_tried_again(watcher: FlaskClient) -> None:
    notice = a_notice(state=NoticeState.DEAD, attempts=40, trouble="refused: no such mailbox")

    answer = watcher.post(f"/outbox/{notice.id}/repetition", data=form(watcher, "/outbox"))

    notice = again(notice)
    assert answer.location == "/outbox"
    assert (notice.state, notice.due_at, notice.trouble) == (NoticeState.PENDING, NOW, "")


def test_page_of_a_dead_letter_says_why_and_offers_to_try_again(watcher: FlaskClient) -> None:
    notice = a_notice(state=NoticeState.DEAD, attempts=40, trouble="refused: no such mailbox")

    page = watcher.get(f"/outbox/{notice.id}").text

    assert "Given up" in page
    assert "refused: no such mailbox" in page
    assert f'action="/outbox/{notice.id}/repetition"' in page


@pytest.mark.parametrize("state", [NoticeState.SENT, NoticeState.PENDING])
def test_message_that_is_no_dead_letter_is_not_sent_twice(watcher: FlaskClient, state: NoticeState) -> None:
    notice = a_notice(state=state, attempts=3)
    a_notice(state=NoticeState.DEAD)

    answer = watcher.post(f"/outbox/{notice.id}/repetition", data=form(watcher, "/outbox"))

    assert answer.status_code == 409
    assert (again(notice).state, again(notice).attempts) == (state, 3)
