from __future__ import annotations

import pytest

from bot.llm.data import fenced
from bot.llm.offline import OfflineModel
from bot.llm.port import ChatMessage, LlmUnavailable, Prompt, Role


def asking(**data: object) -> Prompt:
    return Prompt((ChatMessage(Role.SYSTEM, "規則"), ChatMessage(Role.USER, fenced(data))))


async def test_the_twin_answers_from_the_first_source() -> None:
    sources = [{"answer": "每月 1 號"}, {"answer": "每月 5 號"}]
    assert (await OfflineModel().complete(asking(sources=sources), within=1)).text == "每月 1 號"


async def test_the_twin_has_no_answer_without_sources() -> None:
    with pytest.raises(LlmUnavailable):
        await OfflineModel().complete(asking(sources=[]), within=1)


async def test_the_twin_keeps_what_it_was_asked() -> None:
    model = OfflineModel(["好"])
    await model.complete(asking(question="?"), within=1)
    assert "question" in model.prompts[0].messages[1].text
