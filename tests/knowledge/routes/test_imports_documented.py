"""The examples of docs/api/imports.md beside what a server answers."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.knowledge.routes.desk import Desk
from tests.knowledge.routes.office import Office
from tests.support.code import ROOT

PAGE = (ROOT / "docs/api/imports.md").read_text(encoding="utf-8")
JOB, ROWS, DECISIONS = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
FILE = "question,answer\n第一個問題,答案\n何時繳租金？,每月5號繳費日期前。\n,沒有問題\n"
VARYING = ("id", "created_by", "created_at", "updated_at", "entry_id", "likeness", "confidence")


def plain(shown: Any) -> Any:
    """What is shown, without what differs each time."""
    if isinstance(shown, dict):
        return {name: name if name in VARYING else plain(value) for name, value in shown.items()}
    return [plain(one) for one in shown] if isinstance(shown, list) else shown


async def test_an_import_goes_as_the_page_says(small_office: Office) -> None:
    desk = Desk.of(small_office)
    await desk.office.entry("何時繳租金？", "請問客服。", vendor_id=1)
    job = await desk.previewed(FILE, vendor_id=1)
    assert plain(job) == plain(JOB)
    answer = await desk.office.get(f"/imports/{job['id']}/rows?state=conflict")
    assert plain(answer.body) == plain(ROWS)
    done = await desk.apply(job, **DECISIONS)
    assert done["counts"] == {"imported": 2, "skipped": 1}
    assert (await desk.entries())["何時繳租金？"]["answer"] == "每月{{payment_day}}繳費日期前。"
