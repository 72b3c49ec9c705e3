"""The two real databases that tests run on: a SQLite file, and a PostgreSQL server of their own."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin")


def postgres_url() -> str | None:
    """Start a throw-away server, or take the one that TB_TEST_DATABASE_URL names; None where there is neither."""
    if given := os.environ.get("TB_TEST_DATABASE_URL"):
        return given
    binaries = _binaries()
    if binaries is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="tb-postgres-", dir="/tmp"))  # a socket's path must be short
    user = _owner(folder)
    _run([binaries / "initdb", "-D", folder / "data", "-U", "tb", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
    options = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "listen_addresses=", "-k", str(folder)]
    with (folder / "log").open("wb") as log:
        command = [binaries / "postgres", "-D", folder / "data", *options]
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user)
    atexit.register(_stop, server, folder)
    _wait(binaries, folder, user)
    return f"postgresql+psycopg://tb@/postgres?host={folder}"


def _binaries() -> Path | None:
    """The folder of a whole server: links to parts of one lie in many places."""
    on_path = shutil.which("initdb")
    found = sorted(path for pattern in _PLACES for path in Path("/").glob(pattern.lstrip("/")))
    candidates = [*reversed(found), *([Path(on_path).resolve().parent] if on_path else [])]
    tools = ("initdb", "postgres", "pg_isready")
    return next((place for place in candidates if all((place / tool).exists() for tool in tools)), None)


def _owner(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root, so that root lends its folder to another user."""
    if os.geteuid() != 0:
        return None
    name = "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"
    shutil.chown(folder, user=name)
    return name


def _run(command: list[object], user: str | None) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, user=user, cwd="/")


def _wait(binaries: Path, folder: Path, user: str | None) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            _run([binaries / "pg_isready", "-h", folder, "-U", "tb", "-q"], user)
        except subprocess.CalledProcessError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The test PostgreSQL did not start.")


def _stop(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    server.send_signal(signal.SIGQUIT)
    server.wait(timeout=10)
    shutil.rmtree(folder, ignore_errors=True)
