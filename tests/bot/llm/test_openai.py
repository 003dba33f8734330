from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.llm.openai import OpenAiModel
from bot.llm.port import ChatMessage, LlmUnavailable, Prompt, Role
from tests.bot.llm.conftest import FakeOpenAi

ASK = Prompt((ChatMessage(Role.SYSTEM, "規則"), ChatMessage(Role.USER, "問題")), max_tokens=50)


async def test_messages_and_limits_reach_the_server(server: FakeOpenAi) -> None:
    model = OpenAiModel(api_key=SecretStr("sk-secret"), model="small", base_url=server.url)
    await model.complete(ASK, within=5)
    await model.close()
    [sent] = server.requests
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert (sent["model"], sent["max_tokens"]) == ("small", 50)


SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


async def test_an_answer_is_held_to_the_schema_asked_for(server: FakeOpenAi) -> None:
    model = OpenAiModel(api_key=SecretStr("sk-secret"), model="small", base_url=server.url)
    await model.complete(replace(ASK, schema=SCHEMA), within=5)
    await model.complete(ASK, within=5)
    await model.close()
    held, free = server.requests
    assert held["response_format"]["json_schema"]["schema"] == {**SCHEMA, "additionalProperties": False}
    assert "response_format" not in free


async def test_a_server_that_knows_no_schemas_is_asked_without_from_then_on(server: FakeOpenAi) -> None:
    server.knows_schemas = False
    model = OpenAiModel(api_key=SecretStr("sk-secret"), model="small", base_url=server.url)
    for _ in range(2):
        assert (await model.complete(replace(ASK, schema=SCHEMA), within=5)).text == "ok"
    await model.close()
    assert ["response_format" in request for request in server.requests] == [True, False, False]


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    model = OpenAiModel(api_key=SecretStr("sk-secret"), model="small", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(LlmUnavailable):
        await model.complete(ASK, within=5)
    await model.close()


@pytest.mark.parametrize(
    "rubbish",
    [
        "<html>Welcome to nginx</html>",
        "{",
        "{}",
        '{"choices": "none"}',
        '{"choices": [null], "usage": 5}',
        '{"choices": [{"message": null}]}',
        '{"choices": [{"message": {"content": [5]}}], "usage": {"total_tokens": "many"}}',
    ],
)
async def test_an_answer_that_is_none_is_unavailable_and_no_crash(server: FakeOpenAi, rubbish: str) -> None:
    server.always = rubbish
    model = OpenAiModel(api_key=SecretStr("sk-secret"), model="small", base_url=server.url)
    with pytest.raises(LlmUnavailable):
        await model.complete(ASK, within=5)
    await model.close()
