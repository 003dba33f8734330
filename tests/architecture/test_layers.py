from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.code import PRODUCT, ROOT, product


def test_packages_import_only_what_lies_below_them() -> None:
    """The contracts are in pyproject.toml, [tool.importlinter]; `make lint` prints the same report."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_imported_by_a_relative_path_or_from_the_tests() -> None:
    wrong = [f"{file.path}:{line}" for file in product() for name, line in file.imports() if name.startswith("tests")]
    assert wrong == []


def test_the_top_level_holds_the_packages_and_nothing_beside_them() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= {*PRODUCT, "benchmarks", "tests"}
