"""The project's own code, parsed: what the rules of `tests/architecture` look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "handlers", "knowledge", "partner_api", "scheduler")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceFile:
    """A Python file; `path` is relative to the project and written with slashes."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imports(self) -> Iterator[tuple[str, int]]:
        """Each imported name in full (`aiohttp.web`, `sqlalchemy.select`) with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@cache
def source_files(*folders: str) -> tuple[SourceFile, ...]:
    """Every Python file below `folders`, sorted by path."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(_parsed(path) for path in paths)


def product() -> tuple[SourceFile, ...]:
    """The files of the product itself. Revisions are history, not code that is read: they are left out."""
    return tuple(file for file in source_files(*PRODUCT) if not fnmatch(file.path, "bot/migrations/versions/*"))


def tests() -> tuple[SourceFile, ...]:
    return source_files("tests")


def lines_of(node: Function) -> int:
    """How many lines a function takes, without its decorators and its docstring."""
    last = node.end_lineno or node.lineno
    described = node.body[0] if ast.get_docstring(node) is not None else None
    return last - node.lineno + 1 - (0 if described is None else (described.end_lineno or 0) - described.lineno + 1)


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, kinds))
    firsts = (body[0] for body in bodies if body and isinstance(body[0], ast.Expr))
    return {id(first.value) for first in firsts}


def _parsed(path: Path) -> SourceFile:
    text = path.read_text(encoding="utf-8")
    return SourceFile(path.relative_to(ROOT).as_posix(), text, ast.parse(text, str(path)))
