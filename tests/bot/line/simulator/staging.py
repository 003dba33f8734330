"""What the simulator's tests share: a bot that keeps what it is sent, and the stage they play on."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.clock import ManualClock
from bot.line.simulator import Channel, Simulator, User

MENU: dict[str, Any] = {
    "size": {"width": 800, "height": 270},
    "selected": True,
    "name": "owner",
    "chatBarText": "店長選單",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 400, "height": 270},
            "action": {"type": "postback", "label": "今日摘要", "data": "today", "displayText": "給我今日摘要"},
        }
    ],
}


@dataclass
class ReceivingBot:
    """Keeps every webhook request; it answers `statuses` one by one, then `status`."""

    url: str = ""
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.text())
        self.signatures.append(request.headers["x-line-signature"])
        return web.Response(status=self.statuses.pop(0) if self.statuses else self.status)


@dataclass
class Stage:
    """What a test plays on."""

    line: Simulator
    clock: ManualClock
    bot: ReceivingBot
    channel: Channel
    user: User
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Call the Messaging API as the channel's bot; answers status and JSON."""
        auth = {"Authorization": f"Bearer {self.channel.access_token}"}
        url = self.line.base_url + path
        async with self.session.request(method, url, json=body, headers=auth | headers) as response:
            return response.status, await response.json(content_type=None)

    async def upload(self, path: str, data: bytes, *, content_type: str) -> int:
        """Send bytes to the Messaging API as the channel's bot; answers the status."""
        headers = {"Authorization": f"Bearer {self.channel.access_token}", "Content-Type": content_type}
        async with self.session.post(self.line.base_url + path, data=io.BytesIO(data), headers=headers) as response:
            return response.status

    async def control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call the control API."""
        async with self.session.request(method, f"{self.line.base_url}/_simulator{path}", json=body) as response:
            return response.status, await response.json()


def text(words: str) -> dict[str, str]:
    """A text message object."""
    return {"type": "text", "text": words}


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG file of that size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\x00\x00\x00"


async def made_menu(stage: Stage) -> str:
    """The id of a new rich menu with its picture."""
    _, made = await stage.call("POST", "/v2/bot/richmenu", MENU)
    await stage.upload(f"/v2/bot/richmenu/{made['richMenuId']}/content", png(800, 270), content_type="image/png")
    return str(made["richMenuId"])
