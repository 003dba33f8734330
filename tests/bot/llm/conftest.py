"""An OpenAI-compatible server on loopback, whose next answers the tests choose."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.llm.offline import OfflineModel, Slow, Step
from bot.llm.openai import OpenAiModel
from bot.llm.port import LanguageModel, LlmTimeout, LlmUnavailable
from tests.support.web import serving


@dataclass(slots=True)
class FakeOpenAi:
    script: deque[Step] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    knows_schemas: bool = True
    always: str | None = None

    async def chat(self, request: web.Request) -> web.Response:
        self.requests.append(await request.json())
        if not self.knows_schemas and "response_format" in self.requests[-1]:
            return web.json_response({"error": {"message": "unknown parameter"}}, status=400)
        if self.always is not None:
            return web.Response(
                text=self.always, content_type="application/json" if self.always[0] == "{" else "text/html"
            )
        step = self.script.popleft() if self.script else "ok"
        if isinstance(step, LlmUnavailable):
            return web.json_response({"error": {"message": "quoted sk-secret"}}, status=401)
        if isinstance(step, Slow | LlmTimeout):
            await asyncio.sleep(step.seconds if isinstance(step, Slow) else 30)
        text = step.text if isinstance(step, Slow) else step
        message = {"role": "assistant", "content": text}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
        head = {"id": "c1", "object": "chat.completion", "created": 0, "model": "m"}
        return web.json_response({**head, "choices": choices, "usage": usage})


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAi]:
    fake = FakeOpenAi()
    async with serving(fake.chat, "/v1/chat/completions") as url:
        fake.url = f"{url}/v1"
        yield fake


@pytest.fixture(params=["twin", "adapter"])
async def make_model(request: pytest.FixtureRequest, server: FakeOpenAi) -> AsyncIterator[Callable[..., LanguageModel]]:
    """Builds the twin or the real adapter with a script of what the model says next."""
    made: list[LanguageModel] = []

    def make(*script: Step) -> LanguageModel:
        server.script.extend(script)
        adapter = OpenAiModel(api_key=SecretStr("sk-secret"), model="m", base_url=server.url)
        made.append(OfflineModel(script) if request.param == "twin" else adapter)
        return made[-1]

    yield make
    for model in made:
        await model.close()
