"""Rules about where something may stand. Each has its reason, and exceptions that must be in use."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch

import pytest

from tests.support.code import SourceFile, docstrings, product

Finder = Callable[[SourceFile], Iterable[int]]


@dataclass(frozen=True)
class Rule:
    """`find` gives the lines of a file where the thing stands; `places` are path patterns where it may.

    `exceptions` are single files, each with its reason: one that is no longer needed fails the test.
    """

    name: str
    reason: str
    find: Finder
    places: tuple[str, ...]
    exceptions: dict[str, str] = field(default_factory=dict)

    def allows(self, path: str) -> bool:
        return path in self.exceptions or any(fnmatch(path, place) for place in self.places)


def importing(*names: str) -> Finder:
    """Imports of one of `names` or of anything below it."""

    def find(file: SourceFile) -> Iterator[int]:
        return (line for name, line in file.imports() if any(f"{name}.".startswith(f"{one}.") for one in names))

    return find


def calling(*names: str) -> Finder:
    """Calls of a method by the end of its dotted name (`commit` or `datetime.now`)."""

    def find(file: SourceFile) -> Iterator[int]:
        calls = (node for node in ast.walk(file.tree) if isinstance(node, ast.Call))
        found = (call for call in calls if isinstance(call.func, ast.Attribute))
        return (call.lineno for call in found if any(f".{ast.unparse(call.func)}".endswith(f".{n}") for n in names))

    return find


def comparing_the_tenant(file: SourceFile) -> Iterator[int]:
    def is_tenant(node: ast.expr) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "tenant_id"

    for node in ast.walk(file.tree):
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq | ast.In) for op in node.ops):
            if any(is_tenant(side) for side in (node.left, *node.comparators)):
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            by_name = node.func.attr == "filter_by" and any(word.arg == "tenant_id" for word in node.keywords)
            if by_name or (node.func.attr in {"in_", "not_in"} and is_tenant(node.func.value)):
                yield node.lineno


HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def writing_chinese(file: SourceFile) -> Iterator[int]:
    described = docstrings(file.tree)
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and id(node) not in described and HAN.search(str(node.value)):
            yield node.lineno


SQL = re.compile(r"^\s*(SELECT .+ FROM|INSERT INTO|UPDATE .+ SET|DELETE FROM)\b", re.DOTALL)


def writing_sql(file: SourceFile) -> Iterator[int]:
    yield from importing("sqlalchemy.text")(file)
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and SQL.match(str(node.value)):
            yield node.lineno


def committing(file: SourceFile) -> Iterator[int]:
    yield from calling("commit")(file)
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and node.value == "COMMIT":
            yield node.lineno


def reading_the_environment(file: SourceFile) -> Iterator[int]:
    yield from importing("os.environ", "os.getenv")(file)
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}:
            yield node.lineno


REPOSITORIES = ("*/repository.py", "*/repository/*.py", "bot/db/*.py", "bot/migrations/*.py")
THE_WRITER = "the acknowledging path: group commit of a batch in one statement, without an ORM session"

RULES = [
    Rule(
        "aiohttp.web",
        "HTTP stays at the edge: services and parsers are called by routes, jobs and tests alike",
        importing("aiohttp.web"),
        ("*/routes*.py", "*/routes/*.py", "bot/web/*.py", "bot/app.py", "bot/line/simulator/*.py"),
    ),
    Rule(
        "openai",
        "the LLM and speech recognition are ports; one adapter of each knows the vendor, by one client",
        importing("openai"),
        ("bot/openai_client.py", "bot/llm/openai*.py", "bot/speech/openai*.py"),
    ),
    Rule(
        "linebot",
        "LINE is a port; one adapter knows the SDK, and the simulator checks messages with its models",
        importing("linebot"),
        ("bot/line/sdk_*.py",),
    ),
    Rule(
        "select, insert, update, delete of SQLAlchemy",
        "who may see a row is decided beside the statement, so statements stand in repositories",
        importing(*(f"sqlalchemy.{verb}" for verb in ("select", "insert", "update", "delete"))),
        REPOSITORIES,
    ),
    Rule(
        "SQL as text",
        "a statement built of columns follows a renamed column and never holds a caller's text",
        writing_sql,
        (*REPOSITORIES, "bot/models/*.py"),
        {"handlers/line/inbox/postgresql.py": THE_WRITER, "handlers/line/inbox/sqlite.py": THE_WRITER},
    ),
    Rule(
        "commit()",
        "one request or job is one transaction, committed at its edge",
        committing,
        ("bot/db/unit_of_work.py",),
        {"handlers/line/inbox/sqlite.py": THE_WRITER},
    ),
    Rule(
        "a comparison of tenant_id",
        "who sees which tenant's rows is one function's decision: bot.tenancy.scope.visible_to",
        comparing_the_tenant,
        ("bot/tenancy/scope.py",),
    ),
    Rule(
        "the environment",
        "settings are read once, checked, and passed on; anything else surprises the operator",
        reading_the_environment,
        ("bot/settings.py",),
    ),
    Rule(
        "the machine's clock",
        "time is a port, so that a test can stand at any moment",
        calling("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
        ("bot/clock.py",),
        {"bot/web/access_log.py": "a log line is stamped with the machine's time, whatever time the work runs by"},
    ),
    Rule(
        "Chinese text",
        "what people read is in bot/texts, where both languages are held equal",
        writing_chinese,
        (),
        {
            "handlers/line/commands.py": "the command words themselves",
            "handlers/line/opening/asking.py": "how Chinese asks whether a shop is open",
            "handlers/line/opening/clocks.py": "how Chinese writes times, weekdays and dates",
            "handlers/line/opening/reading.py": "how Chinese writes business hours and holidays",
            "bot/tenancy/bots.py": "the command that a shop's link types for its customers",
            "bot/tenancy/claims.py": "the command that a claim link types for its owner",
            "bot/logging.py": "recognises the binding command, whose code must not reach a log",
            "bot/line/simulator/handle.py": "names of sample people",
            "knowledge/errors.py": "error texts that the chat API's contract gives word for word",
            "knowledge/following.py": "how Chinese leans on what was asked before",
            "knowledge/grounding.py": "how Chinese writes dates, times and lists",
            "knowledge/numerals/finding.py": "how Chinese writes numbers in sentences",
            "knowledge/numerals/reading.py": "how Chinese writes numbers",
            "knowledge/numerals/units.py": "the units that Chinese counts in",
            "knowledge/overrides/asking.py": "how Chinese asks for a value",
            "knowledge/overrides/concepts.py": "words that say the same of a vendor's values",
            "knowledge/overrides/deriving.py": "how Chinese says that a figure is computed",
            "knowledge/overrides/figures.py": "how Chinese writes times, weekdays and dates",
            "knowledge/overrides/identities.py": "how Chinese writes addresses, accounts and passwords",
            "knowledge/overrides/matching.py": "how Chinese joins and shares out figures",
            "knowledge/overrides/named.py": "what Chinese names promise a figure",
            "knowledge/overrides/policies.py": "how Chinese allows and forbids",
            "knowledge/overrides/replacing.py": "how Chinese adds an amount to another",
            "knowledge/parameters/checking.py": "how Chinese writes dates and numbers",
            "knowledge/parameters/filling.py": "the unit that an amount of money has",
            "knowledge/parameters/model.py": "how Chinese writes units and money",
            "knowledge/parameters/writing.py": "how Chinese writes values, and yes or no",
            "knowledge/intents/features.py": "how Chinese joins clauses",
            "knowledge/intents/kinds.py": "how Chinese names and writes dates, phones, amounts and numbers of orders",
            "knowledge/library.py": "the question that the model is warmed up with",
            "knowledge/retrieval/tokens.py": "how Chinese words a question politely",
        },
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_stands_only_where_it_may(rule: Rule) -> None:
    wrong = [f"{file.path}:{line}" for file in product() for line in rule.find(file) if not rule.allows(file.path)]
    assert wrong == [], f"{rule.name} outside {', '.join(rule.places) or 'its exceptions'}: {rule.reason}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_exception_is_still_needed(rule: Rule) -> None:
    used = {file.path for file in product() if any(True for _ in rule.find(file))}
    assert set(rule.exceptions) - used == set(), f"remove what is no longer needed for {rule.name}"
