"""The documents are tested: what they link to, name and show must exist and work.

A Python or shell block is run when the line above its fence is `<!-- run -->`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import command_line
from tests.support.code import ROOT

PAGES = sorted([*ROOT.glob("README.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
TOP = ("bot", "handlers", "knowledge", "partner_api", "scheduler", "tests", "docs", "benchmarks", ".ci")
BLOCK = re.compile(r"(?P<run><!-- run -->\n)?```(?P<language>\w*)\n(?P<code>.*?)```", re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(*languages: str, marked: bool = False) -> list[tuple[str, str, str]]:
    """(page, language, code) of each fenced block in one of `languages`."""
    return [
        (page.name, block["language"], block["code"])
        for page in PAGES
        for block in BLOCK.finditer(text_of(page))
        if block["language"] in languages and (block["run"] or not marked)
    ]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text_of(page))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(rf"`((?:{'|'.join(map(re.escape, TOP))})/[\w./-]*)`", text_of(page))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^\s*(?:\$ )?)make ([a-z]+)", text_of(page), re.MULTILINE)
    assert set(named) - targets == set()


def commands_named() -> set[tuple[str, ...]]:
    """The `shopkeeper` commands in the documents and the Procfile, up to the first argument."""
    sources = [*map(text_of, PAGES), (ROOT / "Procfile").read_text(encoding="utf-8")]
    command = re.compile(r"(?:`|^\s*(?:\$ )?|: )shopkeeper((?: [a-z][a-z-]*)+)", re.MULTILINE)
    found = (command.findall(source) for source in sources)
    return {tuple(words.split()) for lines in found for words in lines}


@pytest.mark.parametrize("words", sorted(commands_named()), ids=" ".join)
def test_every_command_that_is_named_exists(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(command_line(*words[:1]), [*words, "--help"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`", text_of(page)))
    assert named - example == set()


@pytest.mark.parametrize(("page", "language", "code"), blocks("json"))
def test_every_json_example_is_json(page: str, language: str, code: str) -> None:
    assert json.loads(code), (page, language)


@pytest.mark.parametrize(("page", "language", "code"), blocks("python", "bash", "sh", marked=True))
def test_every_example_that_is_marked_runs(page: str, language: str, code: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", code] if language == "python" else ["bash", "-euo", "pipefail", "-c", code]
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    done = subprocess.run(
        command, cwd=tmp_path, env={"PATH": paths, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{page}:\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_says_why_and_what_holds_it(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)
    assert headings == ["Context", "Decision", "Alternatives", "What enforces it"]
    assert text_of(page).count("\n") <= 60


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [(int(page.name[:4]), int(text_of(page).split(".")[0].removeprefix("# "))) for page in DECISIONS]
    assert numbers == [(number, number) for number in range(1, len(DECISIONS) + 1)]
