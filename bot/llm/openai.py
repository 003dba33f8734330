"""The adapter for OpenAI and every server that speaks its chat completions API."""

from __future__ import annotations

import asyncio

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import SecretStr

from bot.llm.port import ChatMessage, Completion, LlmTimeout, LlmUnavailable, Prompt, Role
from bot.openai_client import OpenAiClient, status_of


class OpenAiModel:
    """`bot.llm.port.LanguageModel` over one shared client; `base_url` None means OpenAI itself."""

    def __init__(self, *, api_key: SecretStr, model: str, base_url: str | None = None) -> None:
        self._client = OpenAiClient(api_key=api_key, base_url=base_url)
        self._model = model
        self._structured = True

    async def complete(self, prompt: Prompt, *, within: float) -> Completion:
        try:
            # The library's own timeout is per attempt; this one holds for all attempts together.
            async with asyncio.timeout(within):
                return await self._ask(prompt, within)
        except (TimeoutError, openai.APITimeoutError):
            raise LlmTimeout(f"no answer within {within:g} s") from None
        except openai.APIStatusError as error:
            raise LlmUnavailable(status_of(error)) from None
        except (openai.OpenAIError, ValueError) as error:
            raise LlmUnavailable(type(error).__name__) from None

    async def close(self) -> None:
        await self._client.close()

    async def _ask(self, prompt: Prompt, within: float) -> Completion:
        try:
            answer = await self._create(prompt, within, structured=self._structured)
        except openai.BadRequestError:
            if prompt.schema is None or not self._structured:
                raise
            # A compatible server that doesn't know schemas; the prompt says the form in words too.
            answer = await self._create(prompt, within, structured=False)
            self._structured = False
        text, tokens = _text_of(answer), _tokens_of(answer)
        if not text.strip():
            empty = LlmUnavailable("an answer without text")
            empty.tokens = tokens
            raise empty
        return Completion(text=text.strip(), tokens=tokens)

    async def _create(self, prompt: Prompt, within: float, *, structured: bool) -> ChatCompletion:
        client = await self._client.ready()
        return await client.chat.completions.create(
            model=self._model,
            messages=[_parameter(message) for message in prompt.messages],
            max_tokens=prompt.max_tokens,
            temperature=0,
            timeout=within,
            response_format=_format(prompt) if structured else openai.omit,
        )


# Compatible servers leave out what the types promise, and a proxy before one may answer with a page of its own.
def _text_of(answer: ChatCompletion) -> str:
    try:
        content: object = answer.choices[0].message.content
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""
    return content if isinstance(content, str) else ""


def _tokens_of(answer: ChatCompletion) -> int:
    total: object = getattr(getattr(answer, "usage", None), "total_tokens", None)
    return total if isinstance(total, int) else 0


def _format(prompt: Prompt) -> ResponseFormatJSONSchema | openai.Omit:
    if prompt.schema is None:
        return openai.omit
    # Strict mode refuses what it doesn't know of a schema, so ours says that nothing else may be there.
    schema = {**prompt.schema, "additionalProperties": False}
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}


def _parameter(message: ChatMessage) -> ChatCompletionMessageParam:
    match message.role:
        case Role.SYSTEM:
            return {"role": "system", "content": message.text}
        case Role.ASSISTANT:
            return {"role": "assistant", "content": message.text}
        case Role.USER:
            return {"role": "user", "content": message.text}
