"""The one tree of errors; each message is fit to show to the person who caused it."""

from collections.abc import Mapping


class TumorboardError(Exception):
    """The root: something a person asked for cannot be done as asked."""

    status = 400
    title = "This request could not be understood"

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Unauthenticated(TumorboardError):
    """Nobody is signed in, or the session has ended."""

    status = 401
    title = "Your session has ended"


class Forbidden(TumorboardError):
    """The person may know of the thing but may not do this with it."""

    status = 403
    title = "You may not do this"


class NotFound(TumorboardError):
    """The thing is missing, or foreign: the two are never told apart."""

    status = 404
    title = "We could not find that"


class Conflict(TumorboardError):
    """The thing has changed meanwhile, or its state does not allow this."""

    status = 409
    title = "This has changed meanwhile"


class Invalid(TumorboardError):
    """What was typed breaks a rule; `fields` says which and why."""

    status = 422
    title = "Some answers need another look"

    def __init__(self, message: str = "", *, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class TooManyRequests(TumorboardError):
    """The same thing was tried too often; `retry_after` is in seconds."""

    status = 429
    title = "Too many attempts"

    def __init__(self, message: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(TumorboardError):
    """The service cannot answer just now; nothing was stored."""

    status = 503
    title = "The service is not available for a moment"


class UnsafeConfiguration(RuntimeError):
    """The application refuses to start; the message names the one setting to mend."""
