"""The in-process twin: answers from the sources that the prompt carries, and fails when told to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.llm.data import unfenced
from bot.llm.port import Completion, LlmError, LlmTimeout, LlmUnavailable, Prompt, Role

CHARACTERS_PER_TOKEN = 2


@dataclass(frozen=True, slots=True)
class Slow:
    """A scripted answer that takes `seconds` to come."""

    seconds: float
    text: str


Step = str | Slow | LlmError


class OfflineModel:
    """`bot.llm.port.LanguageModel` without a network.

    Each call plays the next step of `script`: a text is answered, an error is raised, a `Slow` takes
    its time. When the script is over, the first source in the prompt's data is the answer, or an empty
    object where a schema asks for one. `prompts` keeps what was asked.
    """

    def __init__(self, script: Iterable[Step] = ()) -> None:
        self._script = deque(script)
        self.prompts: list[Prompt] = []

    async def complete(self, prompt: Prompt, *, within: float) -> Completion:
        self.prompts.append(prompt)
        step: Step = self._script.popleft() if self._script else _first_source(prompt)
        if isinstance(step, LlmError):
            raise step
        if isinstance(step, Slow):
            step = await _slowly(step, within)
        if not step.strip():
            raise LlmUnavailable("an answer without text")
        size = sum(len(message.text) for message in prompt.messages) + len(step)
        return Completion(text=step.strip(), tokens=size // CHARACTERS_PER_TOKEN)

    async def close(self) -> None:
        """There is nothing to give back."""


async def _slowly(step: Slow, within: float) -> str:
    if step.seconds > within:
        await asyncio.sleep(within)
        raise LlmTimeout(f"no answer within {within:g} s")
    await asyncio.sleep(step.seconds)
    return step.text


def _first_source(prompt: Prompt) -> str:
    if prompt.schema is not None:
        return "{}"
    for message in reversed(prompt.messages):
        data = unfenced(message.text) if message.role is Role.USER else None
        if data is not None:
            sources: list[dict[str, Any]] = data.get("sources") or []
            return str(sources[0]["answer"]) if sources else ""
    return ""
