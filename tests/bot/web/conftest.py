"""A real server on a free port, and a client that sends whatever bytes a test gives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.web.server import HttpServer, ServerLimits


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class RawClient:
    port: int

    async def send(self, data: bytes) -> RawAnswer:
        """Send `data` on a connection of its own and read one answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(data)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            return RawAnswer(int(head[0].split()[1]), headers, body)
        finally:
            writer.close()

    async def request(self, method: str, path: str, body: bytes = b"", *, headers: tuple[str, ...] = ()) -> RawAnswer:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
            lines.append(f"Content-Length: {len(body)}")
        return await self.send("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)

    async def closed_after(self, *parts: bytes) -> None:
        """Send `parts`, then wait until the server closes the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for part in parts:
            writer.write(part)
        await asyncio.wait_for(reader.read(), 10)
        writer.close()


Serve = Callable[..., Awaitable[RawClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(app, limits)` runs the application on the product's own server."""
    servers: list[HttpServer] = []

    async def start(app: web.Application, limits: ServerLimits | None = None) -> RawClient:
        server = HttpServer(app, limits=limits)
        servers.append(server)
        await server.start()
        return RawClient(server.port)

    yield start
    for server in servers:
        await server.stop()
