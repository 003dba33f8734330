"""A server on loopback that speaks OpenAI's transcription API, and recordings that are small."""

from __future__ import annotations

import asyncio
import io
import wave
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import BodyPartReader, web

from tests.support.web import serving

M4A = b"\0\0\0\x18ftypM4A \0\0\0\0" + bytes(40)


@dataclass(slots=True)
class Said:
    """What the server answers next: a body, or a status alone, after `seconds`."""

    body: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    seconds: float = 0.0


@dataclass(slots=True)
class FakeOpenAi:
    script: deque[Said] = field(default_factory=deque)
    forms: list[dict[str, str]] = field(default_factory=list)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""
    tells_times: bool = True

    async def transcriptions(self, request: web.Request) -> web.Response:
        form: dict[str, str] = {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "file":
                kind = part.headers["Content-Type"]
                self.files.append((part.filename or "", kind, bytes(await part.read())))
            else:
                form[part.name or ""] = await part.text()
        self.forms.append(form)
        self.keys.append(request.headers["Authorization"])
        if not self.tells_times and form["response_format"] == "verbose_json":
            return web.json_response({"error": {"message": "unsupported response_format"}}, status=400)
        said = self.script.popleft() if self.script else Said({"text": "ok"})
        await asyncio.sleep(said.seconds)
        if said.status != 200:
            return web.json_response({"error": {"message": "quoted sk-secret"}}, status=said.status)
        return web.json_response(said.body)


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAi]:
    fake = FakeOpenAi()
    async with serving(fake.transcriptions, "/v1/audio/transcriptions") as url:
        fake.url = f"{url}/v1"
        yield fake


def recording(seconds: float = 0.2) -> bytes:
    """A WAV of silence."""
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(bytes(2 * int(16_000 * seconds)))
    return held.getvalue()
