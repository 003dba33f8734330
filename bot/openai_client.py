"""The client of OpenAI's API, and of every server that speaks it, as the adapters of its services share it."""

from __future__ import annotations

import asyncio

import openai
from pydantic import SecretStr

MAX_RETRIES = 1


class OpenAiClient:
    """One client for all calls; `base_url` None means OpenAI itself.

    It is built at the first call and in a thread, since loading its certificates blocks for tens of
    milliseconds.
    """

    def __init__(self, *, api_key: SecretStr, base_url: str | None = None) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._client: openai.AsyncOpenAI | None = None
        self._building = asyncio.Lock()

    async def ready(self) -> openai.AsyncOpenAI:
        async with self._building:
            if self._client is None:
                self._client = await asyncio.to_thread(self._build)
            return self._client

    async def close(self) -> None:
        """Give back the connections; another call would build the client anew."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _build(self) -> openai.AsyncOpenAI:
        key = self._api_key.get_secret_value()
        return openai.AsyncOpenAI(api_key=key, base_url=self._base_url, max_retries=MAX_RETRIES)


def status_of(error: openai.APIStatusError) -> str:
    """What a log may say of a refusal: the server's own message may quote the prompt or the key."""
    return f"{type(error).__name__} with status {error.status_code}"
