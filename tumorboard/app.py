"""`create_app()`: the one module that knows every package."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from tumorboard.accounts import commands as accounts_commands
from tumorboard.accounts import views as accounts_views
from tumorboard.agendas import queries as agendas_queries
from tumorboard.agendas import views as agendas_views
from tumorboard.audit import commands as audit_commands
from tumorboard.cases import queries as cases_queries
from tumorboard.cases import views as cases_views
from tumorboard.demo import commands as demo_commands
from tumorboard.feeds import commands as feeds_commands
from tumorboard.feeds import queries as feeds_queries
from tumorboard.feeds import views as feeds_views
from tumorboard.feeds.services import ImapMailbox
from tumorboard.home import queries as home_queries
from tumorboard.home import views as home_views
from tumorboard.kernel.db import db
from tumorboard.kernel.log import configure_logging
from tumorboard.kernel.ui import register_ui
from tumorboard.kernel.web import check_every_route_names_its_permission, install_web
from tumorboard.kernel.web.access import Anyone
from tumorboard.meetings import views as meetings_views
from tumorboard.notices.jobs import install_mail
from tumorboard.notices.services import FolderTransport, SmtpTransport, Transport
from tumorboard.scheduling import commands as scheduling_commands
from tumorboard.scheduling import queries as scheduling_queries
from tumorboard.scheduling import services as scheduling_services
from tumorboard.scheduling import views as scheduling_views
from tumorboard.series import queries as series_queries
from tumorboard.series import views as series_views

if TYPE_CHECKING:
    from config import Settings

BLUEPRINTS = (
    accounts_views.blueprint,
    cases_views.blueprint,
    feeds_views.blueprint,
    home_views.blueprint,
    agendas_views.blueprint,
    scheduling_views.blueprint,
    series_views.blueprint,
    meetings_views.blueprint,
)
COMMANDS = (
    accounts_commands.people,
    audit_commands.audit,
    scheduling_commands.scheduling,
    feeds_commands.invitations,
    demo_commands.demo,
)
KERNEL_ROUTES = {"kernel.static": Anyone.ANYONE, "kernel.vendor": Anyone.ANYONE}
ROOT = Path(__file__).resolve().parent.parent
LARGEST_BODY_BYTES = 2 * 1024 * 1024


def create_app(settings: "Settings") -> Flask:
    """Return the application. Raises UnsafeConfiguration rather than start half-safe."""
    configure_logging(settings.log_level)
    app = Flask("tumorboard", static_folder=None, template_folder=str(ROOT / "templates"))
    feeds_views.install_door(app)
    _configure(app, settings)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    install_web(app)
    register_ui(app)
    accounts_views.install_sign_in(
        app,
        idle=settings.session_idle,
        absolute=settings.session_absolute,
        second_factor_required=settings.second_factor_required,
        boards_of=series_queries.boards_of,
    )
    accounts_views.install_people_planned(app, cases_queries.people_planned_by)
    accounts_views.install_presented(app, agendas_queries.presented_by)
    accounts_views.install_subject_names(app, home_queries.subject_names)
    home_views.install_shell(app)
    cases_views.install_outlook(app, scheduling_services.outlook_of)
    cases_views.install_slot(app, agendas_queries.slot_of)
    cases_views.install_why_waiting(app, scheduling_queries.why_waiting)
    meetings_views.install_own_cases(app, agendas_queries.own_cases_at)
    meetings_views.install_reach(app, feeds_queries.reach_of)
    meetings_views.install_replies(app, feeds_queries.replies_to)
    meetings_views.install_cases_held(app, agendas_queries.cases_held)
    agendas_views.install_plan_notes(app, scheduling_queries.notes_of)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for group in COMMANDS:
        app.cli.add_command(group)
    install_mail(app, _transport(settings), sender=settings.mail_from, reply_to=settings.invitations_reply_to or "")
    feeds_commands.install_mailbox(app, _mailbox(settings))
    check_every_route_names_its_permission(app, of_libraries=KERNEL_ROUTES | accounts_views.LIBRARY_ROUTES)
    return app


def _configure(app: Flask, settings: "Settings") -> None:
    settings.instance.mkdir(parents=True, exist_ok=True)
    secure = settings.public_url.startswith("https://")
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        PUBLIC_URL=settings.public_url,
        ORGANIZER=settings.invitations_reply_to or settings.mail_from,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY_BYTES,
        MAX_FORM_PARTS=500,
        SESSION_COOKIE_NAME="__Host-tumorboard" if secure else "tumorboard",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=secure,
        PREFERRED_URL_SCHEME="https" if secure else "http",
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _transport(settings: "Settings") -> Transport:
    if settings.smtp_host is None:
        return FolderTransport(settings.mail_folder)
    return SmtpTransport(
        settings.smtp_host, settings.smtp_port, settings.smtp_tls, settings.smtp_user, settings.smtp_password
    )


def _mailbox(settings: "Settings") -> ImapMailbox | None:
    if settings.imap_host is None:
        return None
    return ImapMailbox(
        host=settings.imap_host,
        port=settings.imap_port,
        user=settings.imap_user or "",
        password=settings.imap_password or "",
        folder=settings.imap_folder,
    )


def _engine_options(url: str) -> dict[str, object]:
    if url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "connect_args": {"options": "-c statement_timeout=5000 -c timezone=UTC"}}
