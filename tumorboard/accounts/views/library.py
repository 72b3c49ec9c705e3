"""Our own parts of the sign-in library: its form, its codes, its passwords, its mail."""

from collections.abc import Mapping
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


_SENTENCES = {
    "GENERIC_AUTHN_FAILED": "This e-mail address and password do not fit together. Check both, or set a new password.",
    "GENERIC_RECOVERY": "If somebody here has this address, a mail with a link to a new password is on its way.",
    "PASSWORD_RESET_REQUEST": "If somebody here has this address, a mail with a link to a new password is on its way.",
    "PASSWORD_RESET_EXPIRED": "This link has expired. Ask for a new one.",
    "INVALID_RESET_PASSWORD_TOKEN": "This link was used already or is cut off. Ask for a new one.",
    "PASSWORD_RESET_NO_LOGIN": "Your new password is set. Sign in with it.",
    "PASSWORD_CHANGE": "Your new password is set. All your other sessions have ended.",
    "PASSWORD_MISMATCH": "Both passwords have to be the same.",
    "RETYPE_PASSWORD_MISMATCH": "Both new passwords have to be the same.",
    "PASSWORD_IS_THE_SAME": "This is the password you have. Choose another one.",
    "PASSWORD_INVALID_LENGTH": "Use at least %(length)s characters.",
    "PASSWORD_NOT_PROVIDED": "Enter the password.",
    "PASSWORD_TOO_SIMPLE": "This password is easy to guess. Choose a longer or less common one.",
    "INVALID_PASSWORD": "This is not your present password.",
    "INVALID_PASSWORD_CODE": "This is not your present password.",
    "EMAIL_NOT_PROVIDED": "Enter the e-mail address.",
    "INVALID_EMAIL_ADDRESS": "Enter an address such as name@example.org.",
    "USER_DOES_NOT_EXIST": "This e-mail address and password do not fit together. Check both, or set a new password.",
    "DISABLED_ACCOUNT": "This account is closed. Ask your alliance administrator.",
    "TWO_FACTOR_INVALID_TOKEN": "This code does not fit. Enter the six digits that the app shows now.",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "You are signed in.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "Your second factor is set up.",
    "TWO_FACTOR_DISABLED": "Your second factor is off.",
    "TWO_FACTOR_SETUP_EXPIRED": "The setup took too long. Begin again.",
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": "Choose one of the list.",
    "TWO_FACTOR_PERMISSION_DENIED": "Sign in again to go on.",
    "INVALID_CODE": "This code does not fit. Enter the six digits that the app shows now.",
    "INVALID_RECOVERY_CODE": "This recovery code does not fit. Each one works once.",
    "NO_RECOVERY_CODES_SETUP": "You have no recovery codes yet.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. Go on with what you were doing.",
    "REAUTHENTICATION_REQUIRED": "Enter your password again to go on.",
    "LOGIN": "Sign in to go on.",
    "REFRESH": "Enter your password again to go on.",
    "UNAUTHENTICATED": "Sign in to go on.",
    "ANONYMOUS_USER_REQUIRED": "You are signed in already.",
}


def own_sentences(defaults: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """The library's messages in the words of this product, each in its own tone."""
    return {f"SECURITY_MSG_{name}": (sentence, defaults[name][1]) for name, sentence in _SENTENCES.items()}
