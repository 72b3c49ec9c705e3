"""What the deployment decides, read once from the environment (`TB_*`, or `TB_*_FILE` naming a file)."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tumorboard.kernel.errors import UnsafeConfiguration

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every choice of a deployment; the README has the same list as a table."""

    environment: str  # "demo": one machine, loopback only; "production": everything else
    instance: Path
    database_url: str
    secret_key: str
    public_url: str
    trusted_hosts: tuple[str, ...]
    second_factor_required: bool
    session_idle: timedelta
    session_absolute: timedelta
    smtp_host: str | None
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    smtp_tls: str  # "starttls", "tls" or "none"
    mail_from: str
    invitations_reply_to: str | None
    imap_host: str | None
    imap_port: int
    imap_user: str | None
    imap_password: str | None
    imap_folder: str
    proxy_hops: int
    log_level: str

    @property
    def is_production(self) -> bool:
        """Whether the strict rules of a deployment hold."""
        return self.environment == "production"

    @property
    def mail_folder(self) -> Path:
        """Where messages lie when no SMTP server is set."""
        return self.instance / "mail"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check the settings. Raises UnsafeConfiguration naming the first that is wrong."""
        settings = _read(_Reader(environ))
        _check(settings)
        return settings


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self.maybe(name) or default

    def maybe(self, name: str) -> str | None:
        file = self._environ.get(f"TB_{name}_FILE")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise UnsafeConfiguration(f"TB_{name}_FILE names a file that cannot be read.") from error
        return self._environ.get(f"TB_{name}") or None

    def number(self, name: str, default: int) -> int:
        raw = self.text(name, str(default))
        if not raw.isdigit():
            raise UnsafeConfiguration(f"TB_{name} must be a whole number.")
        return int(raw)

    def flag(self, name: str, *, default: bool) -> bool:
        raw = self.text(name, "yes" if default else "no").lower()
        if raw not in {"yes", "no"}:
            raise UnsafeConfiguration(f"TB_{name} must be yes or no.")
        return raw == "yes"


def _read(env: _Reader) -> Settings:
    environment = env.text("ENVIRONMENT", "demo")
    production = environment == "production"
    instance = Path(env.text("INSTANCE", str(ROOT / "instance")))
    public_url = env.text("PUBLIC_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}").rstrip("/")
    host = urlsplit(public_url).hostname or ""
    own_hosts = host if production else f"{host},127.0.0.1,localhost"
    return Settings(
        environment=environment,
        instance=instance,
        database_url=env.text("DATABASE_URL", f"sqlite:///{instance / 'tumorboard.sqlite3'}"),
        secret_key=env.maybe("SECRET_KEY") or ("" if production else _own_secret(instance)),
        public_url=public_url,
        trusted_hosts=tuple(part.strip() for part in env.text("TRUSTED_HOSTS", own_hosts).split(",")),
        second_factor_required=env.flag("SECOND_FACTOR_REQUIRED", default=production),
        session_idle=timedelta(minutes=env.number("SESSION_IDLE_MINUTES", 15 if production else 240)),
        session_absolute=timedelta(minutes=env.number("SESSION_ABSOLUTE_MINUTES", 720)),
        smtp_host=env.maybe("SMTP_HOST"),
        smtp_port=env.number("SMTP_PORT", 587),
        smtp_user=env.maybe("SMTP_USER"),
        smtp_password=env.maybe("SMTP_PASSWORD"),
        smtp_tls=env.text("SMTP_TLS", "starttls"),
        mail_from=env.text("MAIL_FROM", f"tumorboard@{host if '.' in host else 'localhost'}"),
        invitations_reply_to=env.maybe("INVITATIONS_REPLY_TO"),
        imap_host=env.maybe("IMAP_HOST"),
        imap_port=env.number("IMAP_PORT", 993),
        imap_user=env.maybe("IMAP_USER"),
        imap_password=env.maybe("IMAP_PASSWORD"),
        imap_folder=env.text("IMAP_FOLDER", "INBOX"),
        proxy_hops=env.number("PROXY_HOPS", 0),
        log_level=env.text("LOG_LEVEL", "INFO"),
    )


def _check(settings: Settings) -> None:
    if settings.environment not in {"demo", "production"}:
        raise UnsafeConfiguration("TB_ENVIRONMENT must be demo or production.")
    if len(settings.secret_key) < SHORTEST_SECRET:
        raise UnsafeConfiguration(f"TB_SECRET_KEY must be set to at least {SHORTEST_SECRET} random characters.")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise UnsafeConfiguration("TB_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    _check_mail(settings)
    if settings.session_idle > settings.session_absolute:
        raise UnsafeConfiguration("TB_SESSION_IDLE_MINUTES must not exceed TB_SESSION_ABSOLUTE_MINUTES.")
    if settings.is_production:
        _check_production(settings)
    elif urlsplit(settings.public_url).hostname not in {"127.0.0.1", "localhost"}:
        raise UnsafeConfiguration("TB_ENVIRONMENT=demo answers on 127.0.0.1 only; set it to production.")


def _check_mail(settings: Settings) -> None:
    if settings.smtp_tls not in {"starttls", "tls", "none"}:
        raise UnsafeConfiguration("TB_SMTP_TLS must be starttls, tls or none.")
    if settings.imap_host and not (settings.imap_user and settings.imap_password):
        raise UnsafeConfiguration("TB_IMAP_USER and TB_IMAP_PASSWORD must be set where TB_IMAP_HOST is.")


def _check_production(settings: Settings) -> None:
    if not settings.public_url.startswith("https://"):
        raise UnsafeConfiguration("TB_PUBLIC_URL must begin with https:// in production.")
    if settings.smtp_host is None:
        raise UnsafeConfiguration("TB_SMTP_HOST must be set in production: people are told by mail.")
    if settings.smtp_tls == "none" and settings.smtp_host not in {"127.0.0.1", "localhost"}:
        raise UnsafeConfiguration("TB_SMTP_TLS=none is allowed only for a mail server on this machine.")
    if "*" in "".join(settings.trusted_hosts):
        raise UnsafeConfiguration("TB_TRUSTED_HOSTS must name each host; a star is not allowed.")


def _own_secret(instance: Path) -> str:
    """Make a secret at the first start of a demo and keep it for the next ones."""
    file = instance / "secret-key"
    instance.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(secrets.token_urlsafe(48))
    return file.read_text(encoding="utf-8").strip()
