from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.cli import main
from bot.logging import configure_logging
from bot.settings import Settings
from knowledge.engine import Engine
from tests.support.encoder import shared_encoder
from tests.support.running import Running, running
from tests.support.settings import MakeSettings


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs `shopkeeper` commands in a folder and an environment of this test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._patch = monkeypatch
        monkeypatch.chdir(folder)
        for field in Settings.model_fields:
            monkeypatch.delenv(field.upper(), raising=False)

    def export(self, settings: Settings, *names: str) -> None:
        """Set the variables of these settings; the secrets and the stores always."""
        always = ("database_url", "secret_key", "line_channel_secret", "line_channel_access_token")
        for name in (*always, *names):
            value = getattr(settings, name)
            shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
            self._patch.setenv(name.upper(), str(shown))

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._patch.setenv(name, value)

    async def run(self, *arguments: str, stdin: str = "") -> Ended:
        """Run a command to its end, in a thread: it has an event loop of its own."""
        self._patch.setattr(sys, "argv", ["shopkeeper", *arguments])
        self._patch.setattr(sys, "stdin", io.StringIO(stdin))
        return await asyncio.to_thread(_run)


@contextlib.contextmanager
def _logging_kept() -> Iterator[None]:
    """A command says where logs go. It runs in the process of tests, and of a product that logs beside it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("WARNING")
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def _run() -> Ended:
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with _logging_kept(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return Ended(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that run in this process share its encoder."""
    defaults = {**(Engine.__init__.__kwdefaults__ or {}), "make_encoder": shared_encoder}
    monkeypatch.setattr(Engine.__init__, "__kwdefaults__", defaults)


@pytest.fixture
def bare_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in which nothing is set."""
    return Shell(monkeypatch, tmp_path)


@pytest.fixture
def shell(bare_shell: Shell, settings: MakeSettings) -> Shell:
    """A shell with complete settings and a store that doesn't exist yet."""
    bare_shell.export(settings())
    return bare_shell


@pytest.fixture
async def product(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A running product with a simulated LINE."""
    async with running(sqlite_url, tmp_path) as started:
        yield started


@pytest.fixture
def there(product: Running, bare_shell: Shell) -> Shell:
    """A shell with the settings of the running product."""
    bare_shell.export(product.shopkeeper.settings, "line_api_base_url")
    bare_shell.set(PUBLIC_BASE_URL=product.url)
    return bare_shell
