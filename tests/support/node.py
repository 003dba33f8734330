"""Node.js programs for tests: what partners' receivers run on, installed once from the lock file."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.support.code import ROOT

NODE = ROOT / "tests" / "node"
MANIFESTS = ("package.json", "package-lock.json")
INSTALL_SECONDS = 240


@cache
def node_command(*, npm: bool = False) -> str:
    """The path of `node`, or of `npm`. Skips the test where there is none."""
    found = shutil.which("npm" if npm else "node")
    if found is None:
        pytest.skip("needs Node.js with npm, which this machine does not have")
    return found


@cache
def installed_modules() -> Path:
    """The folder `node_modules` of `tests/node/package-lock.json`, shared by all runs and workers of this environment.

    Skips the test where there is no Node.js.
    """
    npm = node_command(npm=True)
    node_command()
    digest = hashlib.sha256(b"".join((NODE / name).read_bytes() for name in MANIFESTS)).hexdigest()[:16]
    folder = Path(sys.prefix) / "node" / digest
    folder.parent.mkdir(exist_ok=True)
    with _locked(folder.parent / "lock"):
        if not folder.exists():
            _install(npm, folder)
    return folder / "node_modules"


def node_environment(**more: str) -> dict[str, str]:
    """An environment in which Node.js finds the modules of the lock file."""
    return {"PATH": os.environ["PATH"], "NODE_PATH": str(installed_modules())} | more


@contextmanager
def node_program(script: str, *arguments: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A running `node tests/node/<script>`, whose output is read as text."""
    process = subprocess.Popen(
        [node_command(), NODE / script, *arguments],
        env=node_environment(**environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _install(npm: str, folder: Path) -> None:
    """Install into a folder beside it first, so that one that is there is whole."""
    making = folder.with_suffix(f".{os.getpid()}")
    making.mkdir()
    for name in MANIFESTS:
        shutil.copy(NODE / name, making)
    command = [npm, "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=making, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    if done.returncode:
        shutil.rmtree(making)
        pytest.fail(f"npm ci failed: {done.stderr[-2000:]}")
    making.rename(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that the other workers of a run wait for."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
