"""Sign-in, second factor and recovery by Flask-Security, under our sessions, throttles, outbox and audit."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import (
    EmailValidateException,
    Security,
    SQLAlchemyUserDatastore,
    password_changed,
    password_reset,
    user_authenticated,
)
from flask_security.core import _default_messages
from werkzeug.wrappers import Response as BaseResponse

from tumorboard.accounts.domain import Actor, Part, Permission
from tumorboard.accounts.models import Person
from tumorboard.accounts.services import end_sign_ins_of, forget_failures, note_failure, refuse_when_throttled
from tumorboard.accounts.views.library import OWN_PARTS, SHORTEST_PASSWORD, own_sentences
from tumorboard.accounts.views.refusals import note_refusal
from tumorboard.accounts.views.sessions import StoredSession, StoredSessions
from tumorboard.audit.domain import Outcome
from tumorboard.audit.services import record
from tumorboard.kernel.clock import utc_now
from tumorboard.kernel.db import db, retrying, transaction
from tumorboard.kernel.errors import Invalid
from tumorboard.kernel.web.access import Anyone

RECOVERY_LIFETIME = timedelta(minutes=30)
_GUARDED = {
    "security.login",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.forgot_password",
    "security.reset_password",
    "security.verify",
}
_SECOND_FACTOR_TRIES = {"security.two_factor_token_validation", "security.mf_recovery"}
_SECOND_FACTOR_PAGES = {
    "security.two_factor_setup",
    "security.two_factor_setup_validate",
    "security.two_factor_token_validation",
    "security.logout",
    "security.verify",
}
_ANYONE = Anyone.ANYONE
LIBRARY_ROUTES = {
    "security.login": _ANYONE,
    "security.logout": _ANYONE,
    "security.verify": _ANYONE,
    "security.forgot_password": _ANYONE,
    "security.reset_password": _ANYONE,
    "security.two_factor_token_validation": _ANYONE,
    "security.two_factor_setup": _ANYONE,  # also offered in the middle of a sign-in; the library asks for one itself
    "security.two_factor_setup_validate": Permission.SELF_EDIT,
    "security.two_factor_rescue": _ANYONE,
    "security.tf_select": _ANYONE,
    "security.mf_recovery": _ANYONE,
    "security.mf_recovery_codes": Permission.SELF_EDIT,
    "security.change_password": Permission.SELF_EDIT,
    "security.static": _ANYONE,
}
Boards = Mapping[Part, frozenset[int]]


def install_sign_in(
    app: Flask,
    *,
    idle: timedelta,
    absolute: timedelta,
    second_factor_required: bool,
    boards_of: Callable[[int], Boards],
) -> None:
    """Add sign-in to the application; `boards_of` tells the parts that a person plays on boards."""
    app.session_interface = StoredSessions(idle=idle, absolute=absolute)
    app.config.from_mapping(_library_settings(app))
    datastore = SQLAlchemyUserDatastore(db, Person, None)  # type: ignore[arg-type]  # parts stand in our own table
    Security(app, datastore, **OWN_PARTS)
    # The library's own tokens know no idle time and cannot be ended: only our sessions open anything.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # the library adds it
    app.extensions["boards_of"] = boards_of
    app.config["SESSION_LIMITS"] = (idle, absolute)
    app.config["SECOND_FACTOR_REQUIRED"] = second_factor_required
    app.before_request(_refuse_json)
    app.before_request(_load_actor)
    app.before_request(_refuse_guessing)
    app.before_request(_ask_for_second_factor)
    app.after_request(_count_failure)
    app.after_request(note_refusal)
    user_authenticated.connect(_note_sign_in, app)
    password_changed.connect(_end_other_sign_ins, app)
    password_reset.connect(_end_other_sign_ins, app)


def load_actor(person: Person) -> Actor:
    """Return the person as the rules see them."""
    return Actor(
        person_id=person.id,
        institution_id=person.institution_id,
        name=person.name,
        institution_name=person.institution.short_name,
        zone=person.institution.time_zone,
        parts=frozenset(row.part for row in person.parts),
        boards=current_app.extensions["boards_of"](person.id),
    )


def _load_actor() -> None:
    g.actor = None
    if (request.endpoint or "").startswith("kernel."):
        return  # static files are everybody's
    if current_user.is_authenticated and current_user.is_active:
        g.actor = load_actor(current_user._get_current_object())


def _refuse_json() -> None:
    """Sign-in is by form alone: the library's JSON face would hand out tokens that our sessions know nothing of."""
    if request.is_json and (request.endpoint or "").startswith("security."):
        raise Invalid("Send this as a form.")


def _refuse_guessing() -> None:
    if request.method == "POST" and request.endpoint in _GUARDED:
        g.account = _account()
        refuse_when_throttled(g.account, request.remote_addr or "", now=utc_now())


def _ask_for_second_factor() -> BaseResponse | None:
    """Send coordinators and administrators to set up a second factor when the deployment demands one."""
    person = None if g.actor is None else current_user
    if person is None or person.tf_primary_method or not current_app.config["SECOND_FACTOR_REQUIRED"]:
        return None
    demanding = Part.ADMINISTRATOR in g.actor.parts or bool(g.actor.boards.get(Part.COORDINATOR))
    if not demanding or request.endpoint in _SECOND_FACTOR_PAGES:
        return None
    return redirect(url_for("security.two_factor_setup"), code=303)


def _count_failure(answer: Response) -> Response:
    if g.get("commit_after_view"):
        db.session.flush()
        retrying(_commit_mail)
    tried = request.method == "POST" and request.endpoint in _GUARDED and answer.status_code in {200, 400, 401, 422}
    if tried and not g.get("signed_in"):
        account, address = g.get("account", ""), request.remote_addr or ""
        retrying(lambda: _store_failure(account, address))
    return answer


def _commit_mail() -> None:
    with transaction():
        db.session.flush()


def _store_failure(account: str, address: str) -> None:
    with transaction():
        note_failure(account, address, now=utc_now())
        tried = request.endpoint
        record("sign_in.failed", outcome=Outcome.REFUSED, subject="endpoint", subject_id=tried, now=utc_now())


def _account() -> str:
    """Whose secret is tried: by what the page itself goes by, never by a field that a guesser adds."""
    if request.endpoint in _SECOND_FACTOR_TRIES:
        return str(session.get("tf_user_id"))
    if request.endpoint == "security.reset_password":
        return str(request.view_args)
    if current_user.is_authenticated:
        return str(current_user.email)
    typed = request.get_json(silent=True) if request.is_json else request.form
    email = str(typed.get("email", "")) if isinstance(typed, Mapping) else ""
    try:  # as the library looks it up: an address can be written in many ways
        return str(current_app.extensions["security"].mail_util.normalize(email))
    except EmailValidateException:
        return email


def _note_sign_in(_app: Flask, user: Person, **_: Any) -> None:
    g.signed_in = True
    forget_failures(g.get("account", ""), request.remote_addr or "")
    record("sign_in.done", by=load_actor(user), subject="person", subject_id=user.id, now=utc_now())


def _end_other_sign_ins(_app: Flask, user: Person, **_: Any) -> None:
    g.signed_in = True
    kept = cast(StoredSession, session).token_hash
    end_sign_ins_of(user, but=kept)
    record("password.changed", subject="person", subject_id=user.id, now=utc_now())


def _library_settings(app: Flask) -> dict[str, Any]:
    secret = app.config["SECRET_KEY"]
    derived = hashlib.sha256(f"second factor {secret}".encode()).hexdigest()
    return {
        "SECURITY_PASSWORD_SALT": hashlib.sha256(f"password salt {secret}".encode()).hexdigest(),
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "SECURITY_PASSWORD_COMPLEXITY_CHECKER": "zxcvbn",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_URL": "/password-recovery",
        "SECURITY_RESET_PASSWORD_WITHIN": RECOVERY_LIFETIME,
        "SECURITY_AUTO_LOGIN_AFTER_RESET": False,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_VERIFY_URL": "/account/verification",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/second-factor",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/second-factor/rescue",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "accounts.show_self",
        "SECURITY_TOTP_SECRETS": {"1": derived},
        "SECURITY_TOTP_ISSUER": "Tumorboard",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_STATIC_FOLDER_URL": "/sign-in-static",
        **own_sentences(_default_messages),
    }
