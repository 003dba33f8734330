"""The examples of docs/api/channels.md, called as they stand there."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.handlers.line.channels.conftest import Owner
from tests.support.code import ROOT

PAGE = (ROOT / "docs/api/channels.md").read_text(encoding="utf-8")
CALL = re.compile(r"```http\n(?P<method>[A-Z]+) /api/v1/channels(?P<path>\S*)\n(?P<body>.*?)```", re.DOTALL)
SHOWN_ID = "6f0c8a52-7d3b-4c15-9b60-2f9d1e7a4c11"
CHANNELS, REPORT = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))


def shape(value: Any) -> Any:
    """The names and types of an answer, whatever its values."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value)


async def test_every_call_is_answered_in_the_shape_that_is_shown(owner: Owner) -> None:
    answers = []
    for call in CALL.finditer(PAGE):
        path = call["path"].replace(SHOWN_ID, owner.channel_id)
        answers.append(await owner.call(call["method"], path, json.loads(call["body"] or "null")))
    listed, one, report, rotated = (answer.body for answer in answers)
    assert {answer.status for answer in answers} == {200}
    assert shape(listed) == shape(CHANNELS)
    assert shape(one) == shape(rotated) == shape(CHANNELS["items"][0])
    assert shape(report) == shape(REPORT)
    assert [check for check in report["checks"] if check in REPORT["checks"]] == REPORT["checks"]
