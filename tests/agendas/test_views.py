"""The agenda page as coordinators, the chair and a radiologist use it."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import (
    NOW,
    a_meeting,
    a_person,
    a_series,
    an_accepted_case,
    an_institution,
    as_actor,
    form,
    seat,
    sign_in,
    stored,
)
from tumorboard.accounts.domain import Part, Specialty
from tumorboard.accounts.models import Absence
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.agendas.services import agenda_for, place_case
from tumorboard.cases.domain import CaseState, StudyKind
from tumorboard.cases.models import Case, Study
from tumorboard.kernel.db import db, transaction
from tumorboard.meetings.models import Meeting
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.models import Notice
from tumorboard.series.domain import SeatPart
from tumorboard.series.models import Series


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def board(app) -> Series:
    return a_series()


@pytest.fixture
def meeting(board: Series) -> Meeting:
    return a_meeting(board)


@pytest.fixture
def coordinator(client: FlaskClient, board: Series) -> FlaskClient:
    person = a_person()
    seat(board, person, SeatPart.COORDINATOR)
    return sign_in(client, person)


def _edit(client: FlaskClient, at: Meeting, *, fragment: bool = False, **fields: object):
    page = f"/meetings/{at.id}/agenda"
    fields.setdefault("version", _version(at))
    headers = {"X-Fragment": "1"} if fragment else {}
    return client.post(f"{page}/edits", data=form(client, page, **fields), headers=headers)


def _publish(client: FlaskClient, meeting: Meeting, **fields: object):
    page = f"/meetings/{meeting.id}/agenda"
    return client.post(f"{page}/publication", data=form(client, page, version=_version(meeting), **fields))


def _version(meeting: Meeting) -> int:
    db.session.expire_all()
    agenda = db.session.scalars(select(Agenda).where(Agenda.meeting_id == meeting.id)).one_or_none()
    return agenda.version if agenda else 0


def _codes(meeting: Meeting) -> list[str]:
    db.session.expire_all()
    found = select(Case.code).join(AgendaItem, AgendaItem.case_id == Case.id).join(Agenda)
    return list(db.session.scalars(found.where(Agenda.meeting_id == meeting.id).order_by(AgendaItem.position)))


def _item(case: Case) -> AgendaItem:
    return db.session.scalars(select(AgendaItem).where(AgendaItem.case_id == case.id)).one()


def _told(kind: NoticeKind) -> list[int]:
    return [notice.person_id for notice in db.session.scalars(select(Notice).where(Notice.kind == kind))]


def test_case_added_from_the_queue_stands_on_the_agenda_and_is_scheduled(coordinator, board, meeting) -> None:
    case = an_accepted_case(board)

    answer = _edit(coordinator, meeting, action="add", case=case.code)

    assert answer.status_code == 303
    assert _codes(meeting) == [case.code]
    case = db.session.get_one(Case, case.id)
    assert (case.state, case.scheduled_for_at) == (CaseState.SCHEDULED, meeting.starts_at)


def test_case_cannot_stand_on_two_agendas(coordinator, board, meeting) -> None:
    case, later = an_accepted_case(board), a_meeting(board, weeks=2)
    _edit(coordinator, meeting, action="add", case=case.code)

    answer = _edit(coordinator, later, action="add", case=case.code)

    assert answer.status_code == 409
    assert "stands on an agenda already" in answer.text
    assert _codes(later) == []


def test_items_are_moved_up_down_and_to_a_position(coordinator, board, meeting) -> None:
    cases = [an_accepted_case(board) for _ in range(3)]
    for case in cases:
        _edit(coordinator, meeting, action="add", case=case.code)
    one, two, three = (case.code for case in cases)

    _edit(coordinator, meeting, action="up", item=_item(cases[2]).id)
    after_up = _codes(meeting)
    _edit(coordinator, meeting, action="to", position=3, item=_item(cases[0]).id)

    assert after_up == [one, three, two]
    assert _codes(meeting) == [three, two, one]


def test_second_coordinator_gets_409_and_sees_what_changed(coordinator, board, meeting) -> None:
    first, second = an_accepted_case(board), an_accepted_case(board)
    seen = _version(meeting)
    _edit(coordinator, meeting, action="add", case=first.code)

    answer = _edit(coordinator, meeting, action="add", case=second.code, version=seen, fragment=True)

    assert answer.status_code == 409
    assert "Somebody else edited this agenda" in answer.json["message"]
    assert first.code in answer.json["html"]
    assert _codes(meeting) == [first.code]


def test_removed_case_goes_back_to_the_queue(coordinator, board, meeting) -> None:
    case = an_accepted_case(board)
    _edit(coordinator, meeting, action="add", case=case.code)

    _edit(coordinator, meeting, action="remove", item=_item(case).id)

    case = db.session.get_one(Case, case.id)
    assert (_codes(meeting), case.state, case.scheduled_for_at) == ([], CaseState.ACCEPTED, None)


def test_case_is_moved_to_another_meeting_of_the_board(coordinator, board, meeting) -> None:
    case, later = an_accepted_case(board), a_meeting(board, weeks=2)
    _edit(coordinator, meeting, action="add", case=case.code)

    answer = _edit(coordinator, meeting, action="to_meeting", item=_item(case).id, meeting=later.id)

    assert answer.status_code == 303
    assert (_codes(meeting), _codes(later)) == ([], [case.code])


def test_case_is_moved_to_a_meeting_with_an_agenda_of_its_own(coordinator, board, meeting) -> None:
    case, there, later = an_accepted_case(board), an_accepted_case(board), a_meeting(board, weeks=2)
    _edit(coordinator, meeting, action="add", case=case.code)
    _edit(coordinator, later, action="add", case=there.code)

    answer = _edit(coordinator, meeting, action="to_meeting", item=_item(case).id, meeting=later.id, fragment=True)

    assert (answer.status_code, answer.json["message"]) == (200, f"{case.code} moved to another meeting.")
    assert (_codes(meeting), _codes(later)) == ([], [there.code, case.code])


def test_publishing_tells_each_presenter_once(coordinator, board, meeting) -> None:
    case = an_accepted_case(board)
    _edit(coordinator, meeting, action="add", case=case.code)

    _publish(coordinator, meeting)
    _publish(coordinator, meeting)

    assert _told(NoticeKind.SLOT_PUBLISHED) == [case.presenter_id]
    assert len(_told(NoticeKind.AGENDA_PUBLISHED)) == 1


def test_changes_after_publishing_are_told_to_those_they_touch(coordinator, board, meeting) -> None:
    cases = [an_accepted_case(board) for _ in range(3)]
    for case in cases:
        _edit(coordinator, meeting, action="add", case=case.code)
    _publish(coordinator, meeting)

    _edit(coordinator, meeting, action="up", item=_item(cases[2]).id)
    page = coordinator.get(f"/meetings/{meeting.id}/agenda").text
    _publish(coordinator, meeting)

    assert "2 presenters do not know the time that stands here" in page
    assert sorted(_told(NoticeKind.SLOT_CHANGED)) == sorted([cases[1].presenter_id, cases[2].presenter_id])


@pytest.mark.parametrize("action", ["remove", "to_meeting"])
def test_case_whose_presenter_knows_the_time_leaves_only_with_a_reason(coordinator, board, meeting, action) -> None:
    case, later = an_accepted_case(board), a_meeting(board, weeks=2)
    _edit(coordinator, meeting, action="add", case=case.code)
    _publish(coordinator, meeting)
    asked = {"action": action, "item": _item(case).id, "meeting": later.id}

    first = _edit(coordinator, meeting, **asked)
    told_first, stood = _told(NoticeKind.SLOT_REMOVED), _codes(meeting)
    done = _edit(coordinator, meeting, **asked, reason="Slides are late")

    assert first.status_code == 422
    assert "Robin" in first.text
    assert (told_first, stood) == ([], [case.code])
    assert (done.status_code, _codes(meeting)) == (303, [])
    assert _told(NoticeKind.SLOT_REMOVED) == [case.presenter_id]
    assert "Slides are late" in [event.reason for event in db.session.get_one(Case, case.id).history]


def test_case_of_an_agenda_that_nobody_was_told_leaves_at_once(coordinator, board, meeting) -> None:
    case = an_accepted_case(board)
    _edit(coordinator, meeting, action="add", case=case.code)

    answer = _edit(coordinator, meeting, action="remove", item=_item(case).id)

    assert (answer.status_code, _told(NoticeKind.SLOT_REMOVED)) == (303, [])


def test_overfull_agenda_asks_before_it_is_published(coordinator, board, meeting) -> None:
    case = an_accepted_case(board, minutes=90)
    _edit(coordinator, meeting, action="add", case=case.code)

    asked, done = _publish(coordinator, meeting), _publish(coordinator, meeting, anyway="yes")

    assert (asked.status_code, done.status_code) == (409, 303)
    assert "The last item ends 30 minutes after the time for cases." in asked.text


def test_case_outside_its_presenters_hours_is_marked_and_asked_about_before_publishing(
    coordinator, board, meeting
) -> None:
    case = an_accepted_case(board, joins_from=time(6, 0), joins_until=time(7, 5))
    _edit(coordinator, meeting, action="add", case=case.code)

    page = coordinator.get(f"/meetings/{meeting.id}/agenda").text
    asked, done = _publish(coordinator, meeting), _publish(coordinator, meeting, anyway="yes")

    assert "Outside the presenter’s hours" in page
    assert "The presenter joins from 6:00 AM until 7:05 AM Eastern." in page
    assert (asked.status_code, done.status_code) == (409, 303)
    assert f"{case.code} stands at 7:00 AM; its presenter joins from 6:00 AM until 7:05 AM Eastern." in asked.text


def test_hours_are_those_of_the_presenters_own_zone(coordinator, board, meeting) -> None:
    far = a_person(Part.MEMBER_PHYSICIAN, at=an_institution(time_zone="America/Chicago"))
    case = an_accepted_case(board, submitter=far, joins_from=time(6, 30))

    _edit(coordinator, meeting, action="add", case=case.code)

    assert _item(case).gap_minutes == 30


def test_minutes_of_a_meeting_are_those_of_its_items_and_a_pause_is_free(coordinator, board, meeting) -> None:
    case = an_accepted_case(board, minutes=11, joins_from=time(7, 30))
    _edit(coordinator, meeting, action="add", case=case.code)

    page = coordinator.get(f"/meetings/{meeting.id}/agenda").text

    assert "<strong>11</strong>" in page
    assert "49 min free" in page
    assert "30 min free before" in page


@pytest.mark.parametrize("minutes", ["0", "121", "ten"])
def test_minutes_out_of_range_are_refused_with_a_sentence(coordinator, board, meeting, minutes: str) -> None:
    case = an_accepted_case(board)
    _edit(coordinator, meeting, action="add", case=case.code)

    answer = _edit(coordinator, meeting, action="minutes", item=_item(case).id, minutes=minutes, fragment=True)

    assert answer.status_code == 422
    assert answer.json["message"].startswith("Enter")


def test_board_member_reads_the_agenda_and_may_not_change_it(client, board, meeting) -> None:
    radiologist, case = a_person(), an_accepted_case(board)
    seat(board, radiologist, SeatPart.CORE_MEMBER)
    sign_in(client, radiologist)

    page = client.get(f"/meetings/{meeting.id}/agenda")
    answer = client.post(
        f"/meetings/{meeting.id}/agenda/edits", data=form(client, "/account", action="add", case=case.code, version=0)
    )

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "Ready to place" not in page.text


def test_agenda_of_a_foreign_board_is_refused(client, meeting) -> None:
    stranger = a_person(Part.MEMBER_PHYSICIAN)
    seat(a_series(slug="elsewhere"), stranger, SeatPart.COORDINATOR)
    sign_in(client, stranger)

    assert client.get(f"/meetings/{meeting.id}/agenda").status_code == 403


def test_case_of_another_board_cannot_be_placed(coordinator, meeting) -> None:
    foreign = an_accepted_case(a_series(slug="elsewhere"))

    answer = _edit(coordinator, meeting, action="add", case=foreign.code)

    assert answer.status_code == 409
    assert foreign.code not in answer.text


def test_printed_agenda_lists_times_questions_and_presenters(coordinator, board, meeting) -> None:
    case = an_accepted_case(board)
    _edit(coordinator, meeting, action="add", case=case.code)

    page = coordinator.get(f"/meetings/{meeting.id}/agenda/print").text

    assert re.search(r"7:00 AM.*" + re.escape(case.code), page, re.S)
    assert case.question in page


def test_withdrawn_case_leaves_its_agenda(coordinator, client, board, meeting) -> None:
    physician = a_person(Part.MEMBER_PHYSICIAN)
    case = an_accepted_case(board, submitter=physician)
    _edit(coordinator, meeting, action="add", case=case.code)
    own = sign_in(client.application.test_client(), physician)
    page = f"/cases/{case.code}/withdrawal"

    answer = own.post(page, data=form(own, page, reason="Treated elsewhere"))

    assert answer.status_code == 303
    assert _codes(meeting) == []
    assert db.session.get_one(Case, case.id).state is CaseState.WITHDRAWN


@pytest.mark.parametrize("part", ["presenter_id", "backup_id"])
def test_presenter_finds_the_way_to_join_and_the_own_time_on_the_page_of_the_meeting(
    coordinator, client, board, part
) -> None:
    meeting = a_meeting(board, video_url="https://video.example.org/thoracic")
    physician, waiting = a_person(Part.MEMBER_PHYSICIAN), an_accepted_case(board)
    case = an_accepted_case(board, **{part: physician.id})
    for one in (waiting, case):
        _edit(coordinator, meeting, action="add", case=one.code)
    own = sign_in(client.application.test_client(), physician)

    before = own.get(f"/meetings/{meeting.id}").text
    _publish(coordinator, meeting)
    after = own.get(f"/meetings/{meeting.id}").text

    assert (case.code in before, "https://video.example.org" in before) == (False, False)
    assert 'href="https://video.example.org/thoracic"' in after
    assert re.search(rf"{case.code}.*7:10 AM Eastern", after, re.S)
    assert waiting.code not in after


def test_page_of_a_case_tells_its_own_time_once_the_agenda_is_published(coordinator, client, board, meeting) -> None:
    physician, first = a_person(Part.MEMBER_PHYSICIAN), an_accepted_case(board, minutes=8)
    case = an_accepted_case(board, submitter=physician)
    for one in (first, case):
        _edit(coordinator, meeting, action="add", case=one.code)
    own = sign_in(client.application.test_client(), physician)

    before = own.get(f"/cases/{case.code}").text
    _publish(coordinator, meeting)
    after = own.get(f"/cases/{case.code}").text

    assert "Tuesday, December 8, 2026, 7:00 AM Eastern. The agenda is not published yet" in before
    assert "Tuesday, December 8, 2026, 7:08 AM Eastern at the earliest, for 10 minutes." in after
    assert "The meeting begins at 7:00 AM." in after
    assert f'href="/meetings/{meeting.id}"' in after


def test_mail_names_the_zone_of_its_times(coordinator, board, meeting) -> None:
    case = an_accepted_case(board)
    _edit(coordinator, meeting, action="add", case=case.code)

    _publish(coordinator, meeting)

    told = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.SLOT_PUBLISHED)).one()
    assert told.facts["when"] == "Tue, Dec 8, 7:00 AM Eastern"


def test_stranger_to_a_meeting_finds_neither_cases_nor_the_way_to_join(coordinator, client, board) -> None:
    meeting, case = a_meeting(board, video_url="https://video.example.org/thoracic"), an_accepted_case(board)
    _edit(coordinator, meeting, action="add", case=case.code)
    _publish(coordinator, meeting)
    other = sign_in(client.application.test_client(), a_person(Part.MEMBER_PHYSICIAN))

    page = other.get(f"/meetings/{meeting.id}").text

    assert (case.code in page, "https://video.example.org" in page) == (False, False)


def test_agenda_says_that_submissions_closed_once_they_did(coordinator, board) -> None:
    soon, later = a_meeting(board, weeks=1, starts_at=NOW + timedelta(days=2)), a_meeting(board, weeks=2)

    pages = [coordinator.get(f"/meetings/{meeting.id}/agenda").text for meeting in (soon, later)]

    assert "Submissions closed Sat, Nov 28, 5:00 PM." in pages[0]
    assert "Submissions close Thu, Dec 10, 5:00 PM, in 9 days." in pages[1]


def test_reader_of_a_published_agenda_is_not_asked_to_publish_its_changes(coordinator, client, board, meeting) -> None:
    radiologist, cases = a_person(), [an_accepted_case(board) for _ in range(2)]
    seat(board, radiologist, SeatPart.CORE_MEMBER)
    for case in cases:
        _edit(coordinator, meeting, action="add", case=case.code)
    _publish(coordinator, meeting)
    _edit(coordinator, meeting, action="up", item=_item(cases[1]).id)
    reader = sign_in(client.application.test_client(), radiologist)

    assert "Publish the changes" in coordinator.get(f"/meetings/{meeting.id}/agenda").text
    assert "Publish the changes" not in reader.get(f"/meetings/{meeting.id}/agenda").text


def test_studies_to_prepare_stand_on_the_agenda_and_its_print_for_those_who_may_read_the_case(
    coordinator, client, board, meeting
) -> None:
    studies = [Study(kind=StudyKind.IMAGING, what="CT chest", day=-12, performed_at="Hartford", transfer="requested")]
    case, radiologist, observer = an_accepted_case(board, studies=studies), a_person(), a_person()
    seat(board, radiologist, SeatPart.CORE_MEMBER, Specialty.RADIOLOGY)
    seat(board, observer, SeatPart.OBSERVER)
    _edit(coordinator, meeting, action="add", case=case.code)
    reads, watches = (sign_in(client.application.test_client(), person) for person in (radiologist, observer))
    paths = (f"/meetings/{meeting.id}/agenda", f"/meetings/{meeting.id}/agenda/print")

    told = [" ".join(reads.get(path).text.split()) for path in paths]
    withheld = [watches.get(path).text for path in paths]

    assert ["<b>Imaging:</b> CT chest, day -12, Hartford (requested)" in page for page in told] == [True, True]
    assert ["CT chest" in page for page in withheld] == [False, False]


def test_case_whose_presenter_went_away_is_marked_for_coordinators_and_doubted_before_publishing(
    coordinator: FlaskClient, board: Series, meeting: Meeting
) -> None:
    away, stays = an_accepted_case(board), an_accepted_case(board)
    helped, by = an_accepted_case(board, backup_id=stays.presenter_id), as_actor(a_person())
    with transaction():
        for case in (away, helped, stays):
            place_case(agenda_for(meeting, now=NOW), case, by=by, now=NOW)
    day = meeting.occurs_on
    for case in (away, helped):
        stored(Absence(person_id=case.presenter_id, starts_on=day, ends_on=day))

    page = coordinator.get(f"/meetings/{meeting.id}/agenda").text
    asked = _publish(coordinator, meeting)

    assert page.count("The presenter cannot come") == 1
    assert "The presenter cannot come" in page.split(f"<span>{away.code}</span>")[1].split("</p>")[0]
    assert asked.status_code == 409
    assert f"The presenter of {away.code} cannot come then." in asked.text
    assert f"The presenter of {helped.code} cannot" not in asked.text
