"""The demo as tests visit it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.journeys.serving import Served
from tumorboard.kernel.db import db


@dataclass(frozen=True)
class Demo:
    """The demo's alliance behind a real port, and a signed-in cookie of each of its accounts."""

    served: Served
    folder: Path
    cookies: dict[str, str]
    samples: dict[str, str]

    @property
    def url(self) -> str:
        """Where it is."""
        return self.served.url

    def sign_in(self, context: BrowserContext, account: str) -> Page:
        """Open a page as somebody who signed in a moment ago."""
        name = self.served.app.config["SESSION_COOKIE_NAME"]
        context.add_cookies([{"name": name, "value": self.cookies[account], "url": self.url}])
        return context.new_page()

    def restore(self) -> None:
        """Put the database back to what was loaded."""
        live = self.folder / "tumorboard.sqlite3"
        with self.served.app.app_context():
            db.engine.dispose()
        for leftover in self.folder.glob("tumorboard.sqlite3-*"):
            leftover.unlink()
        shutil.copy(self.folder / "loaded.sqlite3", live)
