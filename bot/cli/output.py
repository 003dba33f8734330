"""What the commands print: for people, or one JSON object for machines."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def print_json(value: dict[str, Any]) -> None:
    """One object on one line, in the order given."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
