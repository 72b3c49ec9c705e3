"""Days on which a site is closed. What this does to dated meetings is decided in `meetings.services`."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from tumorboard.accounts.domain import Actor
from tumorboard.audit.services import record
from tumorboard.kernel.db import session
from tumorboard.series.domain import Closing, ClosureCause, ClosureEffect
from tumorboard.series.models import Closure


@dataclass(frozen=True, kw_only=True)
class ClosureDraft:
    """What an administrator says of closed days; no institution means the whole alliance."""

    name: str
    cause: ClosureCause
    effect: ClosureEffect
    starts_on: date
    ends_on: date
    institution_id: int | None = None
    video_url: str = ""

    @property
    def closing(self) -> Closing:
        """The closed days as a value, while they are only thought of."""
        return Closing(self.name, self.starts_on, self.ends_on, self.effect, video_url=self.video_url)


def add_closure(draft: ClosureDraft, *, by: Actor, now: datetime) -> Closure:
    """Store the closed days."""
    closure = Closure(**asdict(draft))
    session().add(closure)
    session().flush()
    record("closure.added", by=by, subject="closure", subject_id=closure.id, now=now)
    return closure


def remove_closure(closure: Closure, *, by: Actor, now: datetime) -> None:
    """The site is open after all."""
    record("closure.removed", by=by, subject="closure", subject_id=closure.id, now=now)
    session().delete(closure)
    session().flush()
