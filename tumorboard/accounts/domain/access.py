"""Who may do what: parts, permissions and the one table that joins them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tumorboard.kernel.errors import Conflict, Forbidden, Invalid, TooManyRequests


class InstitutionKind(StrEnum):
    """The cancer centre, or a community cancer institute allied with it."""

    HUB = "hub"
    MEMBER = "member"


class Specialty(StrEnum):
    """What a person stands for on a board."""

    SURGERY = "surgery"
    MEDICAL_ONCOLOGY = "medical_oncology"
    RADIATION_ONCOLOGY = "radiation_oncology"
    PATHOLOGY = "pathology"
    RADIOLOGY = "radiology"
    HEMATOLOGY = "hematology"
    TRANSPLANT = "transplant"
    GYNECOLOGIC_ONCOLOGY = "gynecologic_oncology"
    UROLOGY = "urology"
    NEUROSURGERY = "neurosurgery"
    NEURO_ONCOLOGY = "neuro_oncology"
    HEAD_AND_NECK_SURGERY = "head_and_neck_surgery"
    DERMATOLOGY = "dermatology"
    GASTROENTEROLOGY = "gastroenterology"
    PULMONOLOGY = "pulmonology"
    GENETICS = "genetics"
    PALLIATIVE_CARE = "palliative_care"
    NURSING = "nursing"
    ADVANCED_PRACTICE = "advanced_practice"

    @property
    def label(self) -> str:
        """The specialty as it is written in a sentence's beginning."""
        return self.value.replace("_", " ").capitalize()


class Part(StrEnum):
    """The part a person plays: in the alliance, or on one board."""

    SIGNED_IN = "signed_in"
    MEMBER_PHYSICIAN = "member_physician"
    CLINICIAN = "clinician"
    ADMINISTRATOR = "administrator"
    PRIVACY_OFFICER = "privacy_officer"
    CHAIR = "chair"
    COORDINATOR = "coordinator"
    BOARD_MEMBER = "board_member"
    OBSERVER = "observer"

    @property
    def label(self) -> str:
        """The part as it is shown."""
        return "Alliance administrator" if self is Part.ADMINISTRATOR else self.value.replace("_", " ").capitalize()


ALLIANCE_PARTS = (Part.MEMBER_PHYSICIAN, Part.CLINICIAN, Part.ADMINISTRATOR, Part.PRIVACY_OFFICER)
BOARD_PARTS = (Part.CHAIR, Part.COORDINATOR, Part.BOARD_MEMBER, Part.OBSERVER)


class Reach(StrEnum):
    """On what a part holds a permission."""

    EVERYWHERE = "everywhere"
    OWN_INSTITUTION = "own_institution"
    OWN_BOARD = "own_board"
    OWN = "own"


class Permission(StrEnum):
    """Everything that somebody may or may not do."""

    HOME_SEE = "home_see"
    CALENDAR_SEE = "calendar_see"
    SELF_EDIT = "self_edit"
    AVAILABILITY_EDIT = "availability_edit"
    PEOPLE_MANAGE = "people_manage"
    SERIES_SEE = "series_see"
    SERIES_CREATE = "series_create"
    SERIES_EDIT = "series_edit"
    CLOSURE_MANAGE = "closure_manage"
    MEETING_SEE = "meeting_see"
    MEETING_EDIT = "meeting_edit"
    CASE_SUBMIT = "case_submit"
    CASE_SEE = "case_see"
    CASE_EDIT = "case_edit"
    CASE_WITHDRAW = "case_withdraw"
    CASE_TRIAGE = "case_triage"
    AGENDA_SEE = "agenda_see"
    AGENDA_EDIT = "agenda_edit"
    AGENDA_PUBLISH = "agenda_publish"
    PLAN_RUN = "plan_run"
    FEED_SUBSCRIBE = "feed_subscribe"
    NOTICES_SEE = "notices_see"
    AUDIT_SEE = "audit_see"


_ALL_SIGNED_IN = {Part.SIGNED_IN: Reach.EVERYWHERE}
_BOARD_LEADS = {Part.COORDINATOR: Reach.OWN_BOARD, Part.CHAIR: Reach.OWN_BOARD}
_COORDINATORS = {Part.COORDINATOR: Reach.OWN_BOARD, Part.ADMINISTRATOR: Reach.EVERYWHERE}
_BOARD_READERS = dict.fromkeys(BOARD_PARTS, Reach.OWN_BOARD)

GRANTS: Mapping[Permission, Mapping[Part, Reach]] = {
    Permission.HOME_SEE: _ALL_SIGNED_IN,
    Permission.CALENDAR_SEE: _ALL_SIGNED_IN,
    Permission.SELF_EDIT: _ALL_SIGNED_IN,
    Permission.AVAILABILITY_EDIT: {**_BOARD_LEADS, Part.ADMINISTRATOR: Reach.EVERYWHERE},
    Permission.PEOPLE_MANAGE: {Part.ADMINISTRATOR: Reach.EVERYWHERE},
    Permission.SERIES_SEE: _ALL_SIGNED_IN,
    Permission.SERIES_CREATE: {Part.ADMINISTRATOR: Reach.EVERYWHERE},
    Permission.SERIES_EDIT: _COORDINATORS,
    Permission.CLOSURE_MANAGE: {Part.ADMINISTRATOR: Reach.EVERYWHERE},
    Permission.MEETING_SEE: _ALL_SIGNED_IN,
    Permission.MEETING_EDIT: _COORDINATORS,
    Permission.CASE_SUBMIT: {Part.MEMBER_PHYSICIAN: Reach.OWN},
    # The minimum necessary (45 CFR 164.502(b)): administrators run the service and read no case.
    Permission.CASE_SEE: {Part.MEMBER_PHYSICIAN: Reach.OWN_INSTITUTION, **_BOARD_READERS},
    Permission.CASE_EDIT: {Part.MEMBER_PHYSICIAN: Reach.OWN},
    Permission.CASE_WITHDRAW: {Part.MEMBER_PHYSICIAN: Reach.OWN},
    Permission.CASE_TRIAGE: _BOARD_LEADS,
    Permission.AGENDA_SEE: _BOARD_READERS,
    Permission.AGENDA_EDIT: _BOARD_LEADS,
    Permission.AGENDA_PUBLISH: _BOARD_LEADS,
    Permission.PLAN_RUN: _BOARD_LEADS,
    Permission.FEED_SUBSCRIBE: _ALL_SIGNED_IN,
    Permission.NOTICES_SEE: {Part.ADMINISTRATOR: Reach.EVERYWHERE},
    Permission.AUDIT_SEE: {Part.PRIVACY_OFFICER: Reach.EVERYWHERE},
}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A signed-in person as every rule sees them: who, from where, playing which parts on which boards."""

    person_id: int
    institution_id: int
    name: str = ""
    institution_name: str = ""
    zone: str = "America/New_York"
    parts: frozenset[Part] = frozenset()
    boards: Mapping[Part, frozenset[int]] = field(default_factory=dict)

    def may(
        self,
        permission: Permission,
        *,
        owner_id: int | None = None,
        institution_id: int | None = None,
        series_id: int | None = None,
    ) -> bool:
        """Whether the person holds the permission: on anything at all, or on the thing described."""
        anything = owner_id is None and institution_id is None and series_id is None
        for part, reach in GRANTS[permission].items():
            if not self._plays(part):
                continue
            if anything or self._reaches(part, reach, owner_id, institution_id, series_id):
                return True
        return False

    def boards_where(self, permission: Permission) -> frozenset[int]:
        """The boards on which the person holds the permission by a part played there."""
        parts = (part for part, reach in GRANTS[permission].items() if reach is Reach.OWN_BOARD)
        return frozenset().union(*(self.boards.get(part, frozenset()) for part in parts))

    def everywhere(self, permission: Permission) -> bool:
        """Whether the person holds the permission without limits."""
        return any(self._plays(part) for part, reach in GRANTS[permission].items() if reach is Reach.EVERYWHERE)

    def _plays(self, part: Part) -> bool:
        return part is Part.SIGNED_IN or part in self.parts or bool(self.boards.get(part))

    def _reaches(
        self, part: Part, reach: Reach, owner_id: int | None, institution_id: int | None, series_id: int | None
    ) -> bool:
        match reach:
            case Reach.EVERYWHERE:
                return True
            case Reach.OWN:
                return owner_id == self.person_id
            case Reach.OWN_INSTITUTION:
                return institution_id == self.institution_id
            case Reach.OWN_BOARD:
                return series_id in self.boards.get(part, frozenset())


class NotYours(Forbidden):
    """The thing can be seen, but this act belongs to somebody else."""


class EmailTaken(Invalid):
    """Somebody has this address already."""


class WeakPassword(Invalid):
    """The password is too short, too common or too close to the person's own name."""


class InvitationOver(Conflict):
    """The invitation was used, replaced or has expired."""


class TooManyTries(TooManyRequests):
    """It was done too often in a while: signing in, from one place or for one account, or an act of one person."""
