"""What commands on channels ask and tell. Credentials never stand on a command line, where everybody sees them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TextIO

import msgspec
import typer

from bot.errors import BadRequest
from bot.texts import Language
from handlers.line.channels.schemas import report_of
from handlers.line.doctor import Finding, Level

InLanguage = Annotated[Language, typer.Option("--language", help="The language of the findings.")]
_MARKS = {Level.OK: "ok  ", Level.UNKNOWN: "?   ", Level.WARNING: "WARN", Level.PROBLEM: "FAIL"}


def read_lines(stream: TextIO, names: Iterable[str]) -> list[str]:
    """One line for each of `names`, such as a pipe brings. Raises BadRequest where one is missing."""
    lines = []
    for name in names:
        line = stream.readline().strip()
        if not line:
            raise BadRequest(f"Standard input must hold the {name} on a line of its own.")
        lines.append(line)
    return lines


def ask(question: str, *, optional: bool = False) -> str | None:
    """What somebody types, unseen; None for nothing, where that is allowed. Raises BadRequest where nobody can type."""
    if not sys.stdin.isatty():
        raise BadRequest("There is nobody to ask here. Pipe the credentials in; --help says how.")
    hint = f"{question} (empty: leave it as it is)" if optional else question
    given: str = typer.prompt(hint, default="" if optional else None, hide_input=True, show_default=False)
    return given or None


def tell(findings: Iterable[Finding], language: Language) -> None:
    """Print findings for people."""
    for finding in findings:
        typer.echo(f"{_MARKS[finding.level]} {finding.check}: {finding.detail(language)}")
        if mend := finding.mend(language):
            typer.echo(f"     → {mend}")


def report(findings: Sequence[Finding], language: Language) -> dict[str, Any]:
    """Findings as `--json` prints them, which is how the API answers too."""
    shown: dict[str, Any] = msgspec.to_builtins(report_of(findings, language))
    return shown
