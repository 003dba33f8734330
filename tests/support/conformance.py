"""A running API against its own document, with requests that schemathesis makes up."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.support.programs import Finished, finished

COMMAND = Path(sys.executable).with_name("schemathesis")
EVERY_DAY = ("--phases", "examples,fuzzing", "--max-examples", "3")
FULL = ("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "30")
# What is right by its schema may still be refused, such as a name of blanks.
CHECKS = "[checks]\npositive_data_acceptance.enabled = false\n"


def table(name: str, values: Mapping[str, str | int]) -> str:
    """A table of schemathesis' settings."""
    return f"[{name}]\n" + "".join(f"{json.dumps(key)} = {json.dumps(value)}\n" for key, value in values.items())


def operations(which: str, kind: str, values: Mapping[str, str | int]) -> str:
    """What holds for some operations alone: `which` names them, `kind` is `headers` or `parameters`."""
    return f"[[operations]]\n{which}\n" + table(f"operations.{kind}", values)


async def conforms(
    url: str, *, paths: str, settings: Iterable[str], folder: Path, request: pytest.FixtureRequest
) -> Finished:
    """Ask the operations of the server at `url` whose paths match the expression `paths`, rightly and wrongly.

    Each is asked a few times; with `--full-faults` also at every limit that the document names, and in sequences where
    one answer feeds the next request.
    """
    sizes = FULL if request.config.getoption("--full-faults") else EVERY_DAY
    file = folder / "schemathesis.toml"
    file.write_text("\n".join((*settings, CHECKS)), encoding="utf-8")
    options = ("--continue-on-failure", "--no-shrink", "--warnings", "off", "--include-path-regex", paths)
    return await finished(COMMAND, "--config-file", file, "run", f"{url}/openapi.json", *options, *sizes, folder=folder)
