"""Budgets that keep every file readable in one sitting. The ugliness of a code base sits in its tail."""

from __future__ import annotations

import ast
import re
from statistics import median, quantiles

from tests.support import code
from tests.support.code import Function, SourceFile, lines_of, product, source_files

MAX_FILE, MEDIAN_FILE = 400, 110
MAX_FUNCTION, P90_FUNCTION = 60, 30
MAX_TEST_FILE, MAX_TEST, MEDIAN_TEST = 500, 40, 15
MAX_PARAMETERS = 5
BROAD_EXCEPTS_PER_1000, ESCAPES_PER_1000, MOCKS_PER_TEST = 0.3, 0.5, 0.1

# A comment that silences a checker, with its reason after it. BLE001 is counted as a broad except instead.
ESCAPE = re.compile(r"#\s*(?:type: ignore|noqa(?!: BLE001 )|pragma: no cover|fmt: off)[^#\n]*(?P<reason>.*)")
REASON = re.compile(r"(?:\s-\s|#\s)\s*\w.{8,}")


def places(files: tuple[SourceFile, ...], limit: int) -> list[str]:
    """Functions longer than `limit` lines, as `path:line name (lines)`."""
    found = ((file, node) for file in files for node in file.functions() if lines_of(node) > limit)
    return [f"{file.path}:{node.lineno} {node.name} ({lines_of(node)})" for file, node in found]


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    assert [f"{file.path} ({file.lines})" for file in product() if file.lines > MAX_FILE] == []
    assert [f"{file.path} ({file.lines})" for file in code.tests() if file.lines > MAX_TEST_FILE] == []


def test_most_files_are_short() -> None:
    assert median(file.lines for file in product()) <= MEDIAN_FILE


def test_no_function_is_long() -> None:
    assert places(product(), MAX_FUNCTION) == []


def test_most_functions_are_short() -> None:
    sizes = [lines_of(node) for file in product() for node in file.functions()]
    assert quantiles(sizes, n=10)[-1] <= P90_FUNCTION


def test_no_function_takes_many_positional_parameters() -> None:
    """More than five things to tell a function are told by name, or are one thing that has no name yet."""
    found = ((file, node) for file in product() for node in file.functions() if _positional(node) > MAX_PARAMETERS)
    assert [f"{file.path}:{node.lineno} {node.name}" for file, node in found] == []


def test_every_function_is_annotated() -> None:
    found = ((file, node) for file in product() for node in file.functions() if not _is_annotated(node))
    assert [f"{file.path}:{node.lineno} {node.name}" for file, node in found] == []


def test_a_broad_except_is_rare_and_says_why() -> None:
    broad = [(file, node) for file in product() for node in ast.walk(file.tree) if _is_broad(node)]
    unexplained = [f"{file.path}:{_line(node)}" for file, node in broad if not _has_comment_near(file, _line(node))]
    assert unexplained == []
    assert len(broad) <= _per_1000(BROAD_EXCEPTS_PER_1000), [f"{file.path}:{_line(node)}" for file, node in broad]


def test_a_checker_is_rarely_silenced_and_never_without_a_reason() -> None:
    lines = [
        (f"{file.path}:{number}", found[0])
        for file in product()
        for number, line in enumerate(file.text.splitlines(), 1)
        if (found := ESCAPE.search(line))
    ]
    assert [place for place, comment in lines if not REASON.search(comment)] == []
    assert len(lines) <= _per_1000(ESCAPES_PER_1000), lines


def test_tests_are_short() -> None:
    sizes = [lines_of(node) for file in code.tests() for node in file.functions() if node.name.startswith("test_")]
    assert places(code.tests(), MAX_TEST) == []
    assert median(sizes) <= MEDIAN_TEST


def test_tests_use_real_things() -> None:
    number = sum(node.name.startswith("test_") for file in code.tests() for node in file.functions())
    mocks = [place for file in code.tests() for place in _mocks(file)]
    assert len(mocks) <= MOCKS_PER_TEST * number, mocks


def test_every_module_says_what_it_is_for() -> None:
    silent = [file.path for file in product() if file.text.strip() and ast.get_docstring(file.tree) is None]
    assert silent == []


def _positional(node: Function) -> int:
    given = [*node.args.posonlyargs, *node.args.args]
    return len([one for one in given if one.arg not in {"self", "cls"}])


def _is_annotated(node: Function) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    missing = [one for one in arguments if one is not None and one.annotation is None]
    return node.returns is not None and all(one.arg in {"self", "cls"} for one in missing)


def _is_broad(node: ast.AST) -> bool:
    """Whether `node` stops errors of any kind; one that ends in `raise` passes them on."""
    if not isinstance(node, ast.ExceptHandler) or isinstance(node.body[-1], ast.Raise):
        return False
    return node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _has_comment_near(file: SourceFile, line: int) -> bool:
    around = file.text.splitlines()[max(0, line - 3) : line + 2]
    return any(re.search(r"#\s*(?!noqa|type:)\w|noqa.* - ", text) for text in around)


def _mocks(file: SourceFile) -> list[str]:
    return [f"{file.path}:{line}" for name, line in file.imports() if name.startswith(("unittest.mock", "mock"))]


def _per_1000(rate: float) -> float:
    """How many of something `rate` per 1,000 lines allows, and never less than one."""
    return max(1.0, rate * sum(file.lines for file in product()) / 1000)


def test_the_budgets_see_the_code() -> None:
    assert len(source_files("bot")) > 1
    assert sum(1 for file in product() for _ in file.functions()) > 1
