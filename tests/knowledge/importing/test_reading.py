from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.texts import Language, say
from knowledge.importing import reading
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.reading import read
from knowledge.importing.rows import Flaw, Format, Limits, Row

DOCUMENTS = Path(__file__).parents[4] / "shared/data/07_documents"
CSV = "問題,答案\n租金何時繳？,每月 5 號\n"


async def refusal(data: bytes, name: str = "a.csv", limits: Limits | None = None) -> str:
    with pytest.raises(ImportRefused) as refused:
        await read(data, filename=name, limits=limits)
    return refused.value.code


async def test_a_file_is_read_in_a_process_of_its_own() -> None:
    found = await read(CSV.encode(), filename="faq.csv", content_type="text/csv")
    assert found.format is Format.CSV
    assert found.rows == (Row(2, "租金何時繳？", "每月 5 號", place="line 2"),)


async def test_many_rows_come_back_whole() -> None:
    rows = "".join(f"問{number},{'答' * 300}{number}\n" for number in range(5_000))
    found = await read(f"問題,答案\n{rows}".encode(), filename="faq.csv")
    assert [row.answer[300:] for row in found.rows] == [str(number) for number in range(5_000)]


async def test_an_empty_and_a_large_file_are_refused_unread() -> None:
    assert await refusal(b"") == "import_empty"
    assert await refusal(b"x" * 11, limits=Limits(size=10)) == "import_too_large"


async def test_a_file_that_eats_memory_costs_its_reader_only() -> None:
    deep = b"[" * 200_000
    assert await refusal(deep, "a.json") in {"import_too_complex", "import_malformed"}
    assert await refusal(b'"' + b"x," * 8_000_000, limits=Limits(memory=64 * 1024 * 1024)) in {
        "import_too_complex",
        "import_unreadable",
    }


async def test_a_file_that_takes_too_long_is_given_up() -> None:
    assert await refusal(CSV.encode(), limits=Limits(seconds=0.01)) == "import_too_slow"


async def test_a_reader_that_is_out_of_processor_time_is_told_of() -> None:
    rows = "".join(f"問題{number}？,答案\n" for number in range(400_000))
    assert await refusal(rows.encode(), limits=Limits(cpu=1, rows=10**6)) == "import_too_slow"


async def test_a_reading_that_is_called_off_leaves_no_process_behind() -> None:
    task = asyncio.create_task(read(CSV.encode(), filename="a.csv"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_files_are_read_beside_each_other() -> None:
    readings = await asyncio.gather(*(read(CSV.encode(), filename="a.csv") for _ in range(4)))
    assert {len(reading.rows) for reading in readings} == {1}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("print('rubbish')", "import_unreadable"),
        ("print('{\"row\": {}}')", "import_unreadable"),
        ("import os; os.abort()", "import_unreadable"),
        ("import os; os.kill(os.getpid(), 9)", "import_too_slow"),
        ("import time; time.sleep(60)", "import_too_slow"),
        ("while True: print('{}')", "import_too_complex"),
        ("print('x' * 3_000_000)", "import_unreadable"),
        ("raise SystemExit(3)", "import_unreadable"),
    ],
)
async def test_whatever_a_reader_does_is_one_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, code: str
) -> None:
    (tmp_path / "misled.py").write_text(body)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(reading, "_MODULE", "misled")
    assert await refusal(b"x" * 1_000_000, limits=Limits(seconds=3.0, output=100_000)) == code


async def test_a_reader_knows_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    (tmp_path / "curious.py").write_text(f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("APP_SECRET", "hunter2")
    monkeypatch.setattr(reading, "_MODULE", "curious")
    await refusal(b"x")
    assert "hunter2" not in seen.read_text()


@pytest.mark.parametrize("language", Language)
def test_every_refusal_and_every_flaw_has_a_text(language: Language) -> None:
    texts = [say(f"import.{code}", language, limit=1, suffix=".pdf", status=404) for code in Refusal]
    texts += [say(f"import.row_{code}", language) for code in Flaw]
    assert all(texts)


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents aren't here")
async def test_every_collected_document_is_read_or_refused_for_what_it_is() -> None:
    expected = {
        "text": {"read"},
        "text_cjk": {"read"},
        "cjk_font_only": {"read"},
        "needs_password": {"import_encrypted"},
        "no_text_layer": {"read", "import_scanned"},
        "no text": {"import_picture_without_text"},
        "no_crash": {"read", "import_malformed", "import_nothing_found"},
        "no_hang": {"read", "import_malformed"},
    }
    wrong = []
    for line in (DOCUMENTS / "manifest.jsonl").read_text().splitlines():
        item = json.loads(line)
        try:
            found = await read((DOCUMENTS / item["file"]).read_bytes(), filename=item["file"])
            outcome = "read" if found.rows else "nothing"
        except ImportRefused as refused:
            outcome = refused.code
        # This document holds one empty paragraph.
        allowed = {"import_nothing_found"} if "no-styles-part" in item["file"] else expected.get(item["expect"])
        if outcome not in (allowed or {"read"}):
            wrong.append((item["file"], item["expect"], outcome))
    assert wrong == []
