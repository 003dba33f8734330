"""What must not stand in files that everybody gets: other people's machines, and secrets."""

from __future__ import annotations

import re

import pytest

from tests.support.code import ROOT, product

TOP = {
    "bot", "handlers", "knowledge", "partner_api", "scheduler", "tests", "docs", "benchmarks", "sdk",
    "pyproject.toml", "requirements.lock", "requirements-dev.lock", "Makefile", "Procfile", "README.md", "LICENSE",
}  # fmt: skip
SHIPPED = sorted(
    path
    for pattern in ("requirements*.lock", "Makefile", "Procfile", ".env.example", ".ci/*", "docs/**/*.md", "*.md")
    for path in ROOT.glob(pattern)
    if path.is_file()
)
REGISTRY = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host|/simple/?(?:\s|$)|files\.pythonhosted\.org")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home|Users|work|mnt)/")
SECRET = re.compile(
    r"(?:pk_(?:provision|sandbox|production)_|sk-|sk_|ghp_)[A-Za-z0-9_-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def test_nothing_else_stands_at_the_top() -> None:
    present = {path.name for path in ROOT.iterdir() if not path.name.startswith(".") and path.name != "data"}
    generated = {name for name in present if name.endswith(".egg-info") or name in {"dist", "build"}}
    assert present - generated - TOP == set()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_no_file_names_a_registry_or_a_path_of_one_machine(path: object) -> None:
    text = (ROOT / str(path)).read_text(encoding="utf-8")
    assert REGISTRY.findall(text) == []
    assert MACHINE_PATH.findall(text) == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_locked_to_one_version_and_its_hashes(name: str) -> None:
    entries = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    loose = [entry for entry in entries if not re.match(r"[\w.\[\],-]+==\S+.* --hash=sha256:", entry)]
    assert loose == []


def test_the_product_needs_the_same_versions_with_and_without_its_tools() -> None:
    product_pins, all_pins = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert {name: pin for name, pin in product_pins.items() if all_pins.get(name) != pin} == {}


def test_no_secret_stands_in_the_code_or_in_what_is_shipped_with_it() -> None:
    texts = {file.path: file.text for file in product()}
    texts |= {str(path): path.read_text(encoding="utf-8") for path in SHIPPED if path.suffix != ".lock"}
    assert {path: found for path, text in texts.items() if (found := SECRET.findall(text))} == {}
