"""The contract of a language model, over the in-process twin and the OpenAI adapter alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.llm.offline import Slow
from bot.llm.port import ChatMessage, LanguageModel, LlmTimeout, LlmUnavailable, Prompt, Role

MakeModel = Callable[..., LanguageModel]
ASK = Prompt((ChatMessage(Role.SYSTEM, "Answer."), ChatMessage(Role.USER, "Hello?")))


async def test_an_answer_comes_with_its_tokens(make_model: MakeModel) -> None:
    completion = await make_model(" 您好 ").complete(ASK, within=5)
    assert completion.text == "您好"
    assert completion.tokens > 0


async def test_a_slow_model_times_out(make_model: MakeModel) -> None:
    with pytest.raises(LlmTimeout):
        await make_model(Slow(5, "late")).complete(ASK, within=0.1)


async def test_a_refusal_is_unavailable_and_quotes_nothing(make_model: MakeModel) -> None:
    with pytest.raises(LlmUnavailable) as caught:
        await make_model(LlmUnavailable("refused")).complete(ASK, within=5)
    assert "sk-" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_an_empty_answer_is_unavailable(make_model: MakeModel) -> None:
    with pytest.raises(LlmUnavailable):
        await make_model("  ").complete(ASK, within=5)


async def test_a_model_recovers_after_a_failure(make_model: MakeModel) -> None:
    model = make_model(LlmUnavailable("refused"), "better")
    with pytest.raises(LlmUnavailable):
        await model.complete(ASK, within=5)
    assert (await model.complete(ASK, within=5)).text == "better"
