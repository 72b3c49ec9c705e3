"""Our own parts of the sign-in library: its form, its codes, its passwords, its mail."""

from typing import Any
from urllib.parse import urlsplit

from flask import g
from flask_security import LoginForm, MailUtil, PasswordUtil
from flask_security.totp import Totp

from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db
from tumorboard.notices.domain import NoticeKind
from tumorboard.notices.services import tell

SHORTEST_PASSWORD = 15  # NIST SP 800-63B-4, section 3.1.1.2: 15 where a password may stand alone
LONGEST_PASSWORD = 1000
_MOST_JUDGED = 72  # zxcvbn raises beyond; whoever types more is past guessing


class SignInForm(LoginForm):
    """Sign-in without “remember me”: that cookie would outlive every limit of a session."""

    remember = None


class OneTimeCodes(Totp):
    """TOTP in which a code is good once (RFC 6238, section 5.2)."""

    def get_last_counter(self, user: Any) -> int | None:
        """The time step of the last accepted code."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the step of the code just accepted."""
        user.tf_last_counter = tmatch.counter


class Passwords(PasswordUtil):
    """Passwords of any sensible length, judged beside what is known of the person."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Return what is wrong with the password, and the password as it is hashed."""
        normal = str(self.normalize(password))
        if len(normal) > LONGEST_PASSWORD:
            return [f"Use at most {LONGEST_PASSWORD} characters."], normal
        person = kwargs["user"]
        words = (*person.email.split("@"), person.email, person.given_name, person.family_name, "tumorboard")
        known = {str(number): word for number, word in enumerate(words)}
        return super().validate(normal[:_MOST_JUDGED], True, **known)[0], normal


class OutboxMail(MailUtil):
    """Mails of the sign-in go the way of all notices."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Leave a notice instead of sending."""
        kind = NoticeKind.RECOVERY if "reset_link" in context else NoticeKind.PASSWORD_CHANGED
        if context["user"].joined_at is None:
            return  # who was invited comes in by the invitation, which expires, and not around it
        # Only the path is kept: the host of a mailed link comes from the configuration, never from a request.
        facts = {"link": urlsplit(str(context["reset_link"])).path} if "reset_link" in context else {}
        tell(context["user"], kind, now=utc_now(), **facts)
        if kind is NoticeKind.RECOVERY:
            db.session.flush()
            g.commit_after_view = True


OWN_PARTS: dict[str, Any] = {
    "login_form": SignInForm,
    "totp_cls": OneTimeCodes,
    "mail_util_cls": OutboxMail,
    "password_util_cls": Passwords,
}
