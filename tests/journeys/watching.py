"""A watch over every browser that a test opens."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext

_OWN = ("http://127.0.0.1:", "data:", "blob:", "about:")
_BREACHES = ("Content Security Policy", "Trusted Type", "TrustedHTML")


@dataclass
class Watch:
    """What went wrong in any page that a test opened, until the test brings in a tool of its own."""

    is_over: bool = False
    trouble: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Hear of script errors, breaches of the content policy, requests that leave, and 5xx."""
        context.on("weberror", lambda error: self._note(str(error.error), when=True))
        context.on("console", lambda said: self._note(said.text, when=any(word in said.text for word in _BREACHES)))
        context.on("request", lambda asked: self._note(asked.url, when=not asked.url.startswith(_OWN)))
        context.on("response", lambda got: self._note(f"{got.status} {got.url}", when=got.status >= 500))

    def _note(self, what: str, *, when: bool) -> None:
        if when and not self.is_over:
            self.trouble.append(what)
