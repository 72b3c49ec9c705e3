"""A feed's address in the forms that programs take."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from flask import current_app, url_for


@dataclass(frozen=True)
class Address:
    """One feed's address; `id` is the field's on the page."""

    id: str
    https: str

    @property
    def webcal(self) -> str:
        """For programs on one's own machine, which open it at a click."""
        parts = urlsplit(self.https)
        return f"webcal://{parts.netloc}{parts.path}"

    @property
    def google(self) -> str:
        """Google's page that asks whether to add it."""
        return f"https://calendar.google.com/calendar/r?cid={quote(self.webcal, safe='')}"

    @property
    def outlook(self) -> str:
        """Outlook on the web refuses webcal."""
        return f"https://outlook.live.com/calendar/0/addfromweb?url={quote(self.https, safe='')}"


def address_of_feed(endpoint: str, **values: Any) -> str:
    """Return the address as it is given away; its host comes from the configuration, never from a request."""
    return f"{current_app.config['PUBLIC_URL']}{url_for(endpoint, **values)}"
