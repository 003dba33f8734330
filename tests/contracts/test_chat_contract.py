"""The chat API's document replayed against a running server: curl lines as written, compared field by field.

Where there is no curl, the same bytes go out through an HTTP client; `sent_with` of each test says which.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.tenancy.local import LOCAL
from tests.contracts import chat_examples, vendor_examples
from tests.contracts.chat_examples import ANSWER, CHAT_A, CHAT_B, SCRIPT, Example
from tests.support.running import running
from tests.support.vendors import SHARED_ANSWER, SUMMARY, Documented, add_documented

BASE = "http://localhost:8100"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?")
CURL = shutil.which("curl")
EXAMPLES = [*chat_examples.EXAMPLES, *vendor_examples.EXAMPLES]
BODIES = [*chat_examples.BODIES, *vendor_examples.BODIES]
ERRORS = [*chat_examples.ERRORS, *vendor_examples.ERRORS]
Note = Callable[[str, object], None]


@dataclass(frozen=True)
class Server:
    """An open server on loopback that holds the documented vendors."""

    url: str
    documented: Documented

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        sent = {} if body is None else {"json": body}
        async with aiohttp.ClientSession() as session, session.request(method, self.url + path, **sent) as response:
            return response.status, await response.json()

    async def curl(self, line: str) -> Any:
        """What a documented curl line prints, as JSON."""
        return json.loads(await self.shell(line) if CURL else await self.like_curl(line))

    async def shell(self, script: str) -> str:
        """What a documented script prints, with the address of this server."""
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", script.replace(BASE, self.url), env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, error = await process.communicate()
        assert process.returncode == 0, error.decode()
        return out.decode()

    async def like_curl(self, line: str) -> str:
        words = [word for word in shlex.split(line.replace("\\\n", " ")) if word != "curl"]
        given = {words[at]: words[at + 1] for at, word in enumerate(words) if word in {"-X", "-H", "-d"}}
        [url] = [word for word in words if word.startswith(BASE)]
        body = given.get("-d")
        headers = dict([header.split(": ", 1) for header in [given["-H"]]] if "-H" in given else [])
        # curl takes the line ends out of what it is told to send.
        data = body.replace("\n", "") if body else None
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                given.get("-X", "GET"), url.replace(BASE, self.url), data=data, headers=headers
            ) as response,
        ):
            return await response.text()


@pytest.fixture
async def server(sqlite_url: str, tmp_path: Path, record_property: Note) -> AsyncIterator[Server]:
    record_property("sent_with", CURL or "aiohttp")
    async with running(sqlite_url, tmp_path, chat_api_auth="open") as product:
        yield Server(product.url, await add_documented(product.database, SystemClock(), LOCAL))


def differences(documented: Any, actual: Any, example: Example, path: str = "") -> Iterator[str]:
    """Where `actual` has another name, type or value than the document."""
    if type(documented) is not type(actual):
        yield f"{path}: {actual!r} is of another type than {documented!r}"
    elif isinstance(documented, dict):
        yield from _in_names(documented, actual, example, path)
        for name in documented.keys() & actual.keys():
            yield from differences(documented[name], actual[name], example, _below(path, name))
    elif isinstance(documented, list):
        if len(documented) != len(actual) and (path not in example.open or len(actual) < len(documented)):
            yield f"{path}: {len(actual)} instead of {len(documented)}"
        for at, (value, got) in enumerate(zip(documented, actual, strict=False)):
            yield from differences(value, got, example, _below(path, str(at)))
    elif isinstance(documented, str) and TIME.fullmatch(documented):
        if not TIME.fullmatch(actual) or len(actual) != len(documented):
            yield f"{path}: {actual} is not written as {documented}"
    elif path not in example.free and documented != actual:
        yield f"{path}: {actual!r} instead of {documented!r}"


def _in_names(documented: dict[str, Any], actual: dict[str, Any], example: Example, path: str) -> Iterator[str]:
    yield from (f"{_below(path, name)} is missing" for name in documented.keys() - actual.keys())
    if path not in example.open:
        added = {_below(path, name) for name in actual.keys() - documented.keys()}
        yield from (f"{name} isn't documented" for name in added - set(example.more))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def test_the_comparison_sees_a_difference() -> None:
    documented = {"a": 1, "b": [{"c": "2024-01-01T00:00:00"}], "d": None}
    changes: list[dict[str, Any]] = [
        {"a": True},
        {"a": 1.0},
        {"a": 2},
        {"b": []},
        {"b": [{"c": "2024-01-01T00:00:00Z"}]},
        {"d": ""},
    ]
    for changed in changes:
        assert len(list(differences(documented, documented | changed, Example("", "", documented)))) == 1
    assert len(list(differences(documented, {"a": 1, "e": 1}, Example("", "", documented)))) == 3


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
async def test_a_documented_curl_line_is_answered_as_documented(server: Server, example: Example) -> None:
    assert list(differences(example.answer, await server.curl(example.curl), example)) == []


@pytest.mark.parametrize(("method", "path", "body", "status", "answer"), BODIES)
async def test_a_documented_body_is_answered_as_documented(
    server: Server, method: str, path: str, body: Any, status: int, answer: Any
) -> None:
    got = await server.call(method, path, body)
    shown = Example(path, "", answer, open=("",))
    assert (got[0], list(differences(answer, got[1], shown))) == (status, [])


@pytest.mark.parametrize(("name", "first", "request_", "status", "detail"), ERRORS)
async def test_a_documented_error_is_told_word_for_word(
    server: Server,
    name: str,
    first: tuple[str, str, Any] | None,
    request_: tuple[str, str, Any],
    status: int,
    detail: str,
) -> None:
    if first is not None:
        assert (await server.call(*first))[0] < 300, name
    assert await server.call(*request_) == (status, {"detail": detail})


async def test_without_curl_the_same_is_sent(server: Server) -> None:
    for example in (CHAT_A, EXAMPLES[-2]):
        answer = json.loads(await server.like_curl(example.curl))
        assert list(differences(example.answer, answer, example)) == []


async def test_each_vendor_answers_with_its_own_values(server: Server) -> None:
    a, b = await server.curl(CHAT_A.curl), await server.curl(CHAT_A.curl.replace('"vendor_id": 1', '"vendor_id": 2'))
    assert a["answer"] == ANSWER
    assert ("每月 5 號" in b["answer"], "300 元" in b["answer"]) == (True, True)
    hotlines = [
        (await server.curl(CHAT_B.curl.replace('"vendor_id": 2', f'"vendor_id": {one}')))["answer"] for one in (1, 2)
    ]
    assert ["02-2345-6789" in hotlines[0], "02-8765-4321" in hotlines[1]] == [True, True]


async def test_a_shared_entry_with_another_number_is_answered_with_the_vendors_own(server: Server) -> None:
    """The document's own example: the source says the 5th, the answer says the 1st."""
    _, listed = await server.call("GET", "/api/v1/knowledge?scope=customized")
    for entry in listed["items"]:
        assert (await server.call("DELETE", f"/api/v1/knowledge/{entry['id']}"))[0] == 200
    said = await server.curl(CHAT_A.curl)
    assert ("每月 1 號" in said["answer"], "200 元" in said["answer"]) == (True, True)
    assert ("每月 5 號" in said["answer"], "300" in said["answer"]) == (False, False)
    source = {"id": server.documented.shared, "question_summary": SUMMARY, "answer": SHARED_ANSWER, "scope": "global"}
    assert said["sources"] == [source]


async def test_the_documented_script_runs_as_written(server: Server) -> None:
    if not CURL:
        pytest.skip("the script needs curl")
    without_jq = "" if shutil.which("jq") else "jq() { cat; }\n"
    said = await server.shell(without_jq + SCRIPT)
    one, two, three, four = (part for part in re.split(r"=== 測試 \d: .* ===", said) if part.strip())
    assert ANSWER in one
    assert ("每月 5 號" in two, "300 元" in two) == (True, True)
    assert ("甲山林包租代管股份有限公司" in three, "信義包租代管股份有限公司" in three) == (True, True)
    assert "繳費日為 1 號，逾期費 200 元。" in four
