"""A hundred and fifty cases in every state: twelve weeks of meetings behind, eight weeks of queues ahead."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from tumorboard.accounts.domain import Specialty
from tumorboard.accounts.models import Person
from tumorboard.agendas.domain import ItemKind, PlacedBy
from tumorboard.agendas.models import Agenda, AgendaItem
from tumorboard.cases.domain import Act, CaseState, Sequencing, Sex, StudyKind, Transfer, TreatmentStatus, Urgency
from tumorboard.cases.models import Case, CaseEvent, SpecialtyNeeded, Study
from tumorboard.demo.people import Alliance
from tumorboard.demo.stories import STORIES, Story
from tumorboard.kernel.db import session
from tumorboard.kernel.text import CODE_ALPHABET
from tumorboard.meetings.domain import MeetingState
from tumorboard.meetings.models import Meeting
from tumorboard.series.models import Series

BUSIEST = "gi"  # its queue holds more than its coming meetings
ENDED = (CaseState.PRESENTED, CaseState.RECOMMENDED, CaseState.FOLLOWED_UP, CaseState.CLOSED)
_STEPS = {
    CaseState.DRAFT: (),
    CaseState.SUBMITTED: (Act.SUBMIT,),
    CaseState.RETURNED: (Act.SUBMIT, Act.RETURN),
    CaseState.DECLINED: (Act.SUBMIT, Act.DECLINE),
    CaseState.WITHDRAWN: (Act.SUBMIT, Act.ACCEPT, Act.WITHDRAW),
    CaseState.ACCEPTED: (Act.SUBMIT, Act.ACCEPT),
    CaseState.PRESENTED: (Act.SUBMIT, Act.ACCEPT, Act.SCHEDULE, Act.PRESENT),
    CaseState.NOTED: (Act.SUBMIT, Act.ACCEPT, Act.NOTE),
    CaseState.RECOMMENDED: (Act.SUBMIT, Act.ACCEPT, Act.SCHEDULE, Act.PRESENT, Act.RECOMMEND),
    CaseState.FOLLOWED_UP: (Act.SUBMIT, Act.ACCEPT, Act.SCHEDULE, Act.PRESENT, Act.RECOMMEND, Act.FOLLOW_UP),
    CaseState.CLOSED: (Act.SUBMIT, Act.ACCEPT, Act.SCHEDULE, Act.PRESENT, Act.RECOMMEND, Act.FOLLOW_UP, Act.CLOSE),
}
_REASONS = {
    Act.RETURN: "Please add the FISH result and say whether the outside CT has been sent.",
    Act.DECLINE: "This fits the standard of care; no discussion is needed. Call us if you see it otherwise.",
    Act.WITHDRAW: "The patient decided on treatment before the meeting.",
    Act.NOTE: "Noted under the hypofractionation standard of care.",
}


def make_cases(alliance: Alliance, series: dict[str, Series], *, now: datetime, random: Random) -> None:
    """Store the cases of all boards; the coming ones wait in queues for the planner."""
    maker = _Cases(alliance, now, random)
    for slug in STORIES:
        _past(maker, series[slug])
        _coming(maker, series[slug])
    _of_the_demo_physician(maker, series)
    session().flush()


def _past(maker: "_Cases", board: Series) -> None:
    """What was presented: a few cases in each of the last meetings, ever further along."""
    held = session().scalars(
        select(Meeting)
        .where(Meeting.series_id == board.id, Meeting.ends_at < maker.now, Meeting.state == MeetingState.PLANNED)
        .order_by(Meeting.starts_at.desc())
    )
    for age, meeting in enumerate(held):
        if age % 4 != 0:
            continue
        state = ENDED[min(age // 4 + (age // 8) * (board.id % 2), len(ENDED) - 1)]
        cases = [maker.case(board, state, submitted=meeting.starts_at - timedelta(days=9)) for _ in range(1 + age % 2)]
        maker.agenda(meeting, cases)
    if board.id % 2:
        maker.case(board, CaseState.NOTED, submitted=maker.now - timedelta(days=maker.random.randrange(20, 60)))


def _coming(maker: "_Cases", board: Series) -> None:
    """What waits: accepted cases of all urgencies, and at some boards what still has to be decided."""
    count = 28 if board.slug == BUSIEST else 4 + maker.random.randrange(2)
    for number in range(count):
        urgency = (Urgency.ROUTINE, Urgency.SOON, Urgency.ROUTINE, Urgency.URGENT)[number % 4]
        age = timedelta(days=maker.random.randrange(1, 12), hours=maker.random.randrange(8))
        case = maker.case(board, CaseState.ACCEPTED, submitted=maker.now - age, urgency=urgency)
        if number % 5 == 4:
            case.ready_on = (maker.now + timedelta(days=maker.random.randrange(8, 25))).date()
    for _ in range(1 + maker.random.randrange(2)):
        age = timedelta(hours=maker.random.randrange(2, 80))
        maker.case(board, CaseState.SUBMITTED, submitted=maker.now - age)
    for state in maker.random.sample((CaseState.RETURNED, CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.DRAFT), 1):
        maker.case(board, state, submitted=maker.now - timedelta(days=maker.random.randrange(2, 20)))


def _of_the_demo_physician(maker: "_Cases", series: dict[str, Series]) -> None:
    """The demo's physician has something of everything."""
    physician = maker.alliance.accounts["physician"]
    states = (CaseState.DRAFT, CaseState.RETURNED, CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.DECLINED)
    for number, state in enumerate(states):
        slug = ("thoracic", "breast", "thoracic", "thoracic", "colorectal")[number]
        submitted = maker.now - timedelta(days=3 + number)
        case = maker.case(series[slug], state, submitted=submitted, submitter=physician)
        if state is CaseState.DRAFT:
            case.question = case.presentation_reason = case.local_plan = None
    emergent = maker.case(series["thoracic"], CaseState.SUBMITTED, submitted=maker.now - timedelta(hours=2))
    emergent.urgency, emergent.urgency_reason = Urgency.EMERGENT, "Cord compression is threatening"


class _Cases:
    """Makes cases, their history, and the agendas of meetings that are over."""

    def __init__(self, alliance: Alliance, now: datetime, random: Random) -> None:
        self.alliance, self.now, self.random = alliance, now, random
        self._count = 0

    def case(
        self,
        board: Series,
        state: CaseState,
        *,
        submitted: datetime,
        urgency: Urgency | None = None,
        submitter: Person | None = None,
    ) -> Case:
        """One case of the board in the state, with the steps that led there."""
        self._count += 1
        stories = STORIES[board.slug]
        story = stories[self._count % len(stories)]
        author = submitter or self.random.choice(self.alliance.physicians)
        chosen = urgency or self.random.choice((Urgency.ROUTINE, Urgency.ROUTINE, Urgency.SOON, Urgency.URGENT))
        case = Case(
            code=self._code(),
            state=state,
            draft_key=f"demo-{self._count}",
            submitter_id=author.id,
            presenter_id=author.id,
            responsible_id=author.id,
            institution_id=author.institution_id,
            board=board,
            created_at=submitted - timedelta(hours=5),
            edited_at=submitted,
            urgency=chosen,
            urgency_reason=None if chosen is Urgency.ROUTINE else "Symptoms are growing",
            minutes=self.random.choice((6, 8, 8, 10, 12)),
            **_answers(story, self.random),
        )
        case.studies = _studies(self.random)
        session().add(case)
        self._history(case, submitted)
        return case

    def agenda(self, meeting: Meeting, cases: Sequence[Case]) -> None:
        """The agenda of a meeting that was held."""
        published = meeting.starts_at - timedelta(days=1)
        agenda = Agenda(meeting=meeting, published_at=published, edited_at=published)
        agenda.items = [
            AgendaItem(
                position=position,
                kind=ItemKind.DISCUSS,
                case=case,
                minutes=case.minutes or 8,
                gap_minutes=0,
                is_live=False,
                placed_by=PlacedBy.PLANNER,
            )
            for position, case in enumerate(cases, start=1)
        ]
        session().add(agenda)

    def _history(self, case: Case, submitted: datetime) -> None:
        steps = _STEPS[case.state]
        if steps:
            case.submitted_at = submitted
        at = submitted
        for act, state in zip(steps, _states(steps), strict=True):
            person_id = case.submitter_id if act in {Act.SUBMIT, Act.WITHDRAW} else self.alliance.coordinators[0].id
            event = CaseEvent(
                at=at, person_id=person_id, act=act, state=state, board=case.board, reason=_REASONS.get(act, "")
            )
            case.history.append(event)
            if act is Act.ACCEPT:
                case.accepted_at = case.queued_at = at
                urgency = case.urgency or Urgency.ROUTINE
                case.deadline_on = (submitted + timedelta(days=urgency.days)).date()
                case.specialties = self._needed()
            at = min(at + timedelta(hours=20), self.now - timedelta(minutes=30))

    def _needed(self) -> list[SpecialtyNeeded]:
        wanted = self.random.choice(((), (Specialty.PATHOLOGY,), (Specialty.RADIOLOGY, Specialty.SURGERY)))
        return [SpecialtyNeeded(specialty=one) for one in wanted]

    def _code(self) -> str:
        """Codes of the demo come from its own seed, so that every load has the same ones."""
        letters = "".join(self.random.choice(CODE_ALPHABET) for _ in range(6))
        return f"{letters[:3]}-{letters[3:]}"


def _states(steps: Sequence[Act]) -> Iterator[CaseState]:
    reached = {
        Act.SUBMIT: CaseState.SUBMITTED, Act.ACCEPT: CaseState.ACCEPTED, Act.RETURN: CaseState.RETURNED,
        Act.DECLINE: CaseState.DECLINED, Act.SCHEDULE: CaseState.SCHEDULED, Act.PRESENT: CaseState.PRESENTED,
        Act.NOTE: CaseState.NOTED, Act.RECOMMEND: CaseState.RECOMMENDED, Act.FOLLOW_UP: CaseState.FOLLOWED_UP,
        Act.CLOSE: CaseState.CLOSED, Act.WITHDRAW: CaseState.WITHDRAWN,
    }  # fmt: skip
    yield from (reached[act] for act in steps)


# Words of a story that tell what was treated before; what says nothing of the kind is new.
_TREATED = {
    TreatmentStatus.RECURRENCE: ("recurrent", "relapse", "progression", "second remission", "in-transit", "m1b"),
    TreatmentStatus.UNDER_WAY: ("after neoadjuvant:", "response", "halved", "interval", "positive after six"),
    TreatmentStatus.FIRST_COMPLETED: (
        "residual",
        "adjuvant rad",
        "micrometastasis",
        "after sentinel",
        "polyp",
        "subtotal",
    ),
}
_PRIOR = {
    TreatmentStatus.NONE_YET: ("None",),
    TreatmentStatus.UNDER_WAY: ("day -80 to -17: three cycles", "day -130 to -24: neoadjuvant treatment, six cycles"),
    TreatmentStatus.FIRST_COMPLETED: ("day -38: resection, R0", "day -52: excision, margins reported close"),
    TreatmentStatus.RECURRENCE: (
        "day -900 to -780: first course, complete response",
        "day -610: first course, two lines since",
    ),
}


def status_of(story: Story) -> TreatmentStatus:
    """What the story tells of treatment so far."""
    told = f"{story.title} {story.stage} {story.question}".lower()
    found = (status for status, words in _TREATED.items() if any(word in told for word in words))
    return next(found, TreatmentStatus.NONE_YET)


def sexes_of(story: Story) -> tuple[Sex, ...]:
    """Who can have the disease (ICD-10-CM C50 to C63), and whom the question itself names."""
    words = set(re.findall(r"[a-z]+", story.question.lower()))
    if story.site[:3] in {"C50", "C53", "C54", "C56"} or words & {"she", "her"}:
        return (Sex.FEMALE,)
    return (Sex.MALE,) if story.site[:3] in {"C60", "C61", "C62"} or words & {"he", "him"} else (Sex.FEMALE, Sex.MALE)


def age_of(story: Story, random: Random) -> int:
    """The age that the story names, or a likely one."""
    named = re.search(r"(?:at |, )(\d\d)(?!\.)\b", f"{story.title} {story.question}")
    return int(named[1]) if named else random.randrange(42, 84)


def _answers(story: Story, random: Random) -> dict[str, object]:
    status = status_of(story)
    return {
        "age_years": age_of(story, random),
        "sex": random.choice(sexes_of(story)),
        "ecog": random.choice((0, 1, 1, 2)),
        "comorbidity": random.choice(("Hypertension, well controlled", "COPD, FEV1 62 %", "Diabetes, no complications", "None")),
        "preferences": random.choice(("Wants to keep working", "Quality of life before length", "Wants everything that helps", "Will not travel for treatment")),
        "patient_knows": random.choice(("Diagnosis and stage", "Diagnosis; results of the last scan are pending", "Everything, with family")),
        "primary_site": story.site,
        "histology": story.histology,
        "stage_group": story.stage,
        "treatment_status": status,
        "prior_treatment": random.choice(_PRIOR[status]),
        "biomarkers": story.markers or None,
        "sequencing": random.choice(tuple(Sequencing)),
        "title": story.title,
        "question_kind": story.kind,
        "question": story.question,
        "presentation_reason": "Two of us see it differently",
        "local_plan": story.plan,
        "trial_interest": random.random() < 0.4,
    }  # fmt: skip


def _studies(random: Random) -> list[Study]:
    transfer = random.choice(tuple(Transfer))
    return [
        Study(kind=StudyKind.IMAGING, what=random.choice(("CT chest, abdomen, pelvis", "MRI", "PET-CT")), day=-random.randrange(5, 40), performed_at="Here", transfer=transfer),
        Study(kind=StudyKind.PATHOLOGY, what=random.choice(("Core biopsy", "Resection", "Cytology")), day=-random.randrange(10, 60), performed_at="Here", transfer=transfer),
    ]  # fmt: skip
