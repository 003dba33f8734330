"""A language model that is slow, dead, or talks rubbish: people get an answer all the same, and webhooks their 200."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import pytest
from aiohttp import web

from bot.circuit import PAUSE
from tests.faults.crowd import Crowd
from tests.support.shops import HOURS
from tests.support.site import Site
from tests.support.web import serving

MOST_SECONDS = 20.0
PEOPLE, TURNS = 40, 10
RUBBISH = ("{]", "<html>502</html>", '{"choices": []}', '{"choices": [{"message": {"content": "\\u0000"}}]}')


class Model:
    """An OpenAI-compatible server in one of its moods."""

    def __init__(self) -> None:
        self.mood, self.asked = "quick", 0

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Its base URL."""
        async with serving(self.complete, "/v1/chat/completions") as url:
            yield f"{url}/v1"

    async def complete(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.mood == "slow":
            await asyncio.sleep(60)
        if self.mood == "dead":
            raise web.HTTPServiceUnavailable
        if self.mood == "rubbish":
            return web.Response(text=RUBBISH[self.asked % len(RUBBISH)], content_type="application/json")
        return web.json_response(completion("您好，我們每天晚上 9 點打烊喔。"))


def completion(text: str) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 50, "completion_tokens": 10, "total_tokens": 60}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


@dataclass(frozen=True)
class Talk:
    """How long webhooks took (p99, milliseconds), and the slowest answer (seconds)."""

    webhook: float
    answer: float


async def talk(site: Site) -> Talk:
    """Let people who haven't written before write for a while."""
    crowd, before = Crowd(site, site.friends(PEOPLE)), len(site.line.platform.webhooks)
    await asyncio.gather(*(crowd.write(user, turns=TURNS, pause=0.5, copies=1) for user in crowd.users))
    ends = await crowd.check()
    assert set(ends) == {"answered"}
    webhooks = list(site.line.platform.webhooks)[before:]
    told = {event_id: attempt.at for attempt in webhooks for event_id in attempt.event_ids}
    answers = [message for one in await site.shown() for message in one.messages if message.answers_event in told]
    slowest = max(message.sent_at - told[str(message.answers_event)] for message in answers)
    return Talk(quantiles((attempt.milliseconds for attempt in webhooks), n=100)[-1], slowest / 1000)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("full_size")
async def test_a_failing_model_costs_neither_answers_nor_acknowledgements(
    postgresql_site: Site, figure: Callable[[str], None]
) -> None:
    site, model = postgresql_site, Model()
    async with model.served() as url:
        site.environment |= {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": url}
        await site.serve()
        await site.open_shop()
        await site.teach(HOURS)
        talks = {}
        for mood in ("warming up", "quick", "slow", "dead", "rubbish"):
            model.mood, model.asked = mood, 0
            talks[mood] = await talk(site)
            figure(
                f"{mood}: asked {model.asked} times, slowest answer {talks[mood].answer:.1f} s, webhook p99 "
                f"{talks[mood].webhook:.0f} ms"
            )
            # By then a model that was left alone is tried again.
            await asyncio.sleep(PAUSE.total_seconds())
    assert max(talks[mood].answer for mood in ("slow", "dead", "rubbish")) <= MOST_SECONDS
