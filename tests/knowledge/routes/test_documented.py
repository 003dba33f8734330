"""The examples of docs/api/knowledge.md, sent as they stand there to a server whose tenant is new."""

from __future__ import annotations

import json
import re
from typing import Any

from knowledge import unanswered
from knowledge.unanswered import Asked
from tests.knowledge.routes.office import Office
from tests.support.code import ROOT

BLOCK = re.compile(
    r"```http\n(?P<method>[A-Z]+) /api/v1(?P<path>\S+)\n(?P<body>.*?)```"
    r"(?:\n+(?:201:\n+)?```json\n(?P<answer>.*?)```)?",
    re.DOTALL,
)
# What a store, a chance or a model makes, and no reader expects to be the same.
VARYING = {"id", "principal", "endpoint_secret", "score", "confidence", "signals", "matched_terms"}


def as_shown(shown: Any, sent: Any) -> Any:
    """What was sent, with what varies as it is shown."""
    if isinstance(shown, dict) and isinstance(sent, dict):
        assert set(shown) == set(sent)
        return {name: shown[name] if name in VARYING else as_shown(shown[name], sent[name]) for name in sent}
    if isinstance(shown, list) and isinstance(sent, list) and len(shown) == len(sent):
        return [as_shown(one, other) for one, other in zip(shown, sent, strict=True)]
    return sent


async def test_every_example_is_answered_as_it_says(small_office: Office) -> None:
    async with small_office.database.unit_of_work() as session:
        for text in ("有停車位嗎", "請問有停車位嗎"):
            asked = Asked(small_office.vendors["A"], "renter", text)
            await unanswered.record(session, small_office.own, asked, now=small_office.api.clock.now())
    examples = list(BLOCK.finditer((ROOT / "docs/api/knowledge.md").read_text(encoding="utf-8")))
    assert len(examples) > 8
    for example in examples:
        body = json.loads(example["body"]) if example["body"].strip() else None
        answer = await small_office.call(example["method"], example["path"], body)
        assert answer.status < 300, (example["path"], answer.body)
        if example["answer"]:
            shown = json.loads(example["answer"])
            assert as_shown(shown, answer.body) == shown, json.dumps(answer.body, ensure_ascii=False, indent=1)
