"""From the JSON form to the dataclasses; each reader raises BadInstance naming the field found wrong."""

from tumorboard.scheduling.engine.problem.config import Config, Urgency, read_config
from tumorboard.scheduling.engine.problem.fields import (
    BadInstance,
    Fields,
    choice,
    day,
    text,
    whole,
)
from tumorboard.scheduling.engine.problem.model import (
    Board,
    Busy,
    Case,
    Meeting,
    PastDelay,
    Presenter,
    PublishedSlot,
    Rep,
)


def institution(path: str, data: object) -> str:
    return Fields.of(path, data).text("id")


def board(path: str, data: object, *, usual: Config) -> Board:
    source = Fields.of(path, data)
    return Board(
        id=source.text("id"),
        host=source.text("host"),
        weekday=source.optional_number("weekday"),
        start=source.optional_number("start"),
        minutes=source.optional_number("minutes"),
        config=read_config(source.object("config"), usual) if source.has("config") else None,
    )


def meeting(path: str, data: object) -> Meeting:
    source = Fields.of(path, data)
    return Meeting(
        id=source.text("id"),
        board=source.text("board"),
        date=source.day("date"),
        start=source.number("start"),
        minutes=source.number("minutes", least=1),
        reserve=source.number("reserve", default=0),
        cancelled=source.flag("cancelled"),
        closed=source.flag("closed"),
    )


def rep(path: str, data: object) -> Rep:
    source = Fields.of(path, data)
    return Rep(
        id=source.text("id"),
        board=source.text("board"),
        specialty=source.text("specialty"),
        absent=source.items("absent", day),
    )


def presenter(path: str, data: object) -> Presenter:
    source = Fields.of(path, data)
    return Presenter(
        id=source.text("id"),
        institution=source.text("institution"),
        away=source.items("away", day),
        window=_window(source),
        busy=source.items("busy", _busy),
    )


def _window(source: Fields) -> tuple[int, int] | None:
    minutes = source.items("window", whole)
    if not source.has("window"):
        return None
    if len(minutes) != 2 or minutes[0] > minutes[1]:
        raise BadInstance(f"{source.name('window')} must be null or two minutes of the day in order.")
    return minutes[0], minutes[1]


def _busy(path: str, data: object) -> Busy:
    if not isinstance(data, list | tuple) or len(data) != 3:
        raise BadInstance(f"{path} must be a date and two minutes of the day.")
    begin, end = whole(f"{path}[1]", data[1]), whole(f"{path}[2]", data[2])
    return day(f"{path}[0]", data[0]), begin, end


def case(path: str, data: object) -> Case:
    source = Fields.of(path, data)
    return Case(
        id=source.text("id"),
        board=source.text("board"),
        minutes=source.number("minutes", least=1),
        urgency=choice(Urgency, source.name("urgency"), source.values.get("urgency")),
        submitted=source.day("submitted"),
        ready=source.day("ready"),
        deadline=source.day("deadline"),
        presenter=source.text("presenter"),
        institution=source.text("institution"),
        specialties=source.items("specialties", text),
        locked=source.optional_text("locked"),
        published=_published(source),
        backup=source.optional_text("backup"),
        busy=source.items("busy", _busy),
    )


def _published(source: Fields) -> PublishedSlot | None:
    if not source.has("published"):
        return None
    published = source.object("published")
    return PublishedSlot(meeting=published.text("meeting"), start=published.number("start"))


def history(source: Fields) -> tuple[PastDelay, ...]:
    pairs = [(each, one) for each in source.values for one in source.object(each).values]
    return tuple(_past_delay(source, *pair) for pair in pairs)


def _past_delay(source: Fields, board_id: str, institution_id: str) -> PastDelay:
    past = source.object(board_id).object(institution_id)
    return PastDelay(board_id, institution_id, delay=past.number("delay"), cases=past.number("cases"))
