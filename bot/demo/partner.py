"""The demo's partner: its back end is one button that calls the provisioning API for real."""

from __future__ import annotations

from typing import Any

import aiohttp

from bot.errors import PlatformError, Unavailable


class DemoPartner:
    """Calls the server at `server_url` over HTTP, with the key that the stage gave it."""

    def __init__(self, server_url: str) -> None:
        self._url = f"{server_url}/api/partner/provision"
        self._session: aiohttp.ClientSession | None = None
        self.api_key = ""

    async def provision(self, store_name: str) -> dict[str, Any]:
        """The server's answer, as a partner's back end would get it. Raises Unavailable for any other."""
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False, timeout=aiohttp.ClientTimeout(total=10))
        headers = {"Authorization": f"Bearer {self.api_key}"}
        try:
            async with self._session.post(self._url, json={"store_name": store_name}, headers=headers) as response:
                answer: dict[str, Any] = await response.json()
        except aiohttp.ClientError as error:
            raise Unavailable(f"The server could not be asked: {error}") from error
        if not answer.get("success"):
            raise PlatformError(str(answer.get("error")))
        return answer

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
