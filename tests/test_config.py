"""The application starts safely configured, or not at all, and says why in one sentence."""

from pathlib import Path

import pytest

from config import Settings
from tumorboard.kernel.errors import UnsafeConfiguration

SAFE = {
    "TB_ENVIRONMENT": "production",
    "TB_SECRET_KEY": "k" * 48,
    "TB_PUBLIC_URL": "https://boards.example.org",
    "TB_DATABASE_URL": "postgresql+psycopg://tb@db/tb",
    "TB_SMTP_HOST": "mail.example.org",
}


def test_production_with_all_it_needs_is_accepted(tmp_path: Path) -> None:
    settings = Settings.from_environment({**SAFE, "TB_INSTANCE": str(tmp_path)})

    assert (settings.is_production, settings.second_factor_required) == (True, True)
    assert settings.trusted_hosts == ("boards.example.org",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"TB_SECRET_KEY": ""}, "TB_SECRET_KEY must be set"),
        ({"TB_SECRET_KEY": "short"}, "TB_SECRET_KEY must be set"),
        ({"TB_PUBLIC_URL": "http://boards.example.org"}, "TB_PUBLIC_URL must begin with https://"),
        ({"TB_SMTP_HOST": ""}, "TB_SMTP_HOST must be set"),
        ({"TB_SMTP_TLS": "none"}, "TB_SMTP_TLS=none"),
        ({"TB_SMTP_TLS": "maybe"}, "TB_SMTP_TLS must be"),
        ({"TB_IMAP_HOST": "imap.example.org", "TB_IMAP_USER": "tb"}, "TB_IMAP_USER and TB_IMAP_PASSWORD must be set"),
        ({"TB_DATABASE_URL": "mysql://x"}, "TB_DATABASE_URL must begin"),
        ({"TB_TRUSTED_HOSTS": "*"}, "TB_TRUSTED_HOSTS must name"),
        ({"TB_ENVIRONMENT": "staging"}, "TB_ENVIRONMENT must be"),
        ({"TB_SESSION_IDLE_MINUTES": "soon"}, "TB_SESSION_IDLE_MINUTES must be a whole number"),
        ({"TB_SESSION_IDLE_MINUTES": "900"}, "TB_SESSION_IDLE_MINUTES must not exceed"),
        ({"TB_SECOND_FACTOR_REQUIRED": "perhaps"}, "TB_SECOND_FACTOR_REQUIRED must be yes or no"),
        ({"TB_SECRET_KEY_FILE": "/nowhere/at/all"}, "TB_SECRET_KEY_FILE names a file"),
        ({"TB_ENVIRONMENT": "demo"}, "answers on 127.0.0.1 only"),
    ],
)
def test_unsafe_setting_is_named_in_one_sentence(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    with pytest.raises(UnsafeConfiguration, match=sentence):
        Settings.from_environment({**SAFE, "TB_INSTANCE": str(tmp_path), **change})


def test_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s" * 40 + "\n")

    settings = Settings.from_environment({**SAFE, "TB_SECRET_KEY": "", "TB_SECRET_KEY_FILE": str(tmp_path / "key")})

    assert settings.secret_key == "s" * 40


def test_demo_makes_its_own_secret_once(tmp_path: Path) -> None:
    first, second = (Settings.from_environment({"TB_INSTANCE": str(tmp_path)}) for _ in range(2))

    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
