"""Create and edit what meets by a rule."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.exc import IntegrityError

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.kernel.db import session
from tumorboard.kernel.errors import Invalid
from tumorboard.series.domain import COC_2020, HolidayRule, Rhythm, SeriesChanged, SeriesKind, Site, SlugTaken
from tumorboard.series.models import Policy, QuorumSpecialty, Series

# A board begins with these, until its coordinator sets others: five days for pathology and radiology to prepare.
FIRST_CUT_OFF_DAYS = 5
FIRST_CUT_OFF_AT = time(17, 0)


@dataclass(frozen=True, kw_only=True)
class SeriesDraft:
    """What is said of a series."""

    slug: str
    name: str
    short_name: str
    kind: SeriesKind
    site: Site
    host_id: int
    time_zone: str
    rule: str
    starts: time
    length_minutes: int
    first_on: date
    last_on: date | None = None
    description: str = ""
    audience: str = ""
    capacity_minutes: int = 0
    reserve_minutes: int = 0
    case_minutes: int = 8
    room: str = ""
    video_url: str = ""
    holiday_rule: HolidayRule = HolidayRule.CANCEL

    @property
    def rhythm(self) -> Rhythm:
        """The rule as a value."""
        length = timedelta(minutes=self.length_minutes)
        return Rhythm(self.rule, self.starts, self.time_zone, length, self.first_on, self.last_on)


def create_series(draft: SeriesDraft, *, by: Actor | None, now: datetime) -> Series:
    """Store a new series; a board begins with a policy of the preset `coc-2020`. Raises SlugTaken."""
    series = Series(**asdict(draft))
    if series.kind.is_board:
        series.policies = [_first_policy(draft.first_on)]
    session().add(series)
    _flush()
    record("series.created", by=by, subject="series", subject_id=series.id, now=now)
    return series


def edit_series(series: Series, draft: SeriesDraft, *, version: int, by: Actor, now: datetime) -> None:
    """Change a series as of the version that was read.

    Raises SeriesChanged when somebody was faster, SlugTaken, or Invalid when a board would turn into teaching.
    """
    if series.version != version:
        raise SeriesChanged("Somebody else changed this series while you were at it.")
    if series.kind.is_board != draft.kind.is_board:
        # What is taught is open to all; a board's rooms, roster and queue must not become so by a change of kind.
        message = "A board stays a board, and teaching stays teaching. Create a new series instead."
        raise Invalid(message, fields={"kind": [message]})
    changed = sorted(name for name, value in asdict(draft).items() if getattr(series, name) != value)
    for name in changed:
        setattr(series, name, getattr(draft, name))
    _flush()
    session().refresh(series, ["host"])
    record("series.edited", by=by, subject="series", subject_id=series.id, details={"fields": changed}, now=now)


def _first_policy(effective_on: date) -> Policy:
    return Policy(
        effective_on=effective_on,
        cut_off_days=FIRST_CUT_OFF_DAYS,
        cut_off_at=FIRST_CUT_OFF_AT,
        quorum=[QuorumSpecialty(specialty=one, goal_percent=goal) for one, goal in COC_2020.items()],
    )


def _flush() -> None:
    try:
        session().flush()
    except IntegrityError as error:
        message = "Another series has this address already. Choose another name for the address."
        raise SlugTaken(message, fields={"slug": [message]}) from error
