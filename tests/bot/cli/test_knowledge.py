from __future__ import annotations

from pathlib import Path

import pytest

from bot.models import Bot
from tests.bot.cli.conftest import Shell
from tests.support.running import Running

FAQ = "question,answer\n可以刷卡嗎,可以\n你們幾點打烊？,十點\n沒有答案的,\n"


@pytest.fixture
async def bot(product: Running) -> Bot:
    """A shop that has one entry: 你們幾點打烊？"""
    return await product.shops.open()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "faq.csv"
    path.write_text(FAQ, encoding="utf-8")
    return str(path)


async def test_a_dry_run_tells_what_would_be_done_and_does_nothing(there: Shell, bot: Bot, file: str) -> None:
    ended = await there.run("import", file, "--vendor", str(bot.vendor_id), "--dry-run", "--json")
    assert ended.code == 1, ended.err
    assert (ended.json["state"], ended.json["counts"]) == ("preview", {"new": 1, "conflict": 1, "error": 1})
    assert {row["problem"] for row in ended.json["rows"]} == {None, "answer_missing"}
    exported = await there.run("export", "--vendor", str(bot.vendor_id), "--output", "out.csv")
    assert "1 entries" in exported.err


async def test_what_is_imported_is_exported(there: Shell, bot: Bot, file: str, tmp_path: Path) -> None:
    whose = ("--vendor", str(bot.vendor_id))
    ended = await there.run("import", file, *whose, "--yes", "--conflicts", "replace")
    assert (ended.code, "2 imported" in ended.out, "1 error" in ended.out) == (1, True, True), ended.out + ended.err
    assert "There is no answer" in ended.out
    out = tmp_path / "out.jsonl"
    assert (await there.run("export", *whose, "--format", "jsonl", "--output", str(out))).code == 0
    text = out.read_text(encoding="utf-8")
    assert ("可以刷卡嗎" in text, "十點" in text, "9 點" in text) == (True, True, False)
    again = await there.run("import", str(out), *whose, "--yes", "--json")
    assert (again.code, again.json["counts"]) == (0, {"skipped": 2})


async def test_a_tenants_shared_entries_are_named_by_the_tenant(there: Shell, bot: Bot, file: str) -> None:
    assert (await there.run("import", file, "--global", "--yes")).code == 2
    whose = ("--global", "--tenant", str(bot.tenant_id))
    assert (await there.run("import", file, *whose, "--yes", "--json")).json["counts"]["imported"] == 2
    assert "2 entries" in (await there.run("export", *whose, "--output", "shared.md", "--format", "md")).err


async def test_a_file_that_can_not_be_imported_is_told_of(there: Shell, bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n0000")
    ended = await there.run("import", "picture.csv", "--vendor", str(bot.vendor_id), "--yes")
    assert (ended.code, "damaged" in ended.err.lower()) == (1, True), ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.csv", "--yes"),
        ("missing.csv", "--vendor", "1", "--yes"),
        ("faq.csv", "--vendor", "nobody", "--yes"),
        ("faq.csv", "--vendor", "1", "--global", "--yes"),
        ("faq.csv", "--vendor", "1"),
        ("http://127.0.0.1/faq.csv", "--vendor", "1", "--yes"),
    ],
    ids=" ".join,
)
async def test_what_makes_no_sense_ends_with_its_sentence(there: Shell, file: str, arguments: tuple[str, ...]) -> None:
    ended = await there.run("import", *arguments)
    assert (ended.code, bool(ended.err.strip())) == (2, True)
    assert "Traceback" not in ended.err
