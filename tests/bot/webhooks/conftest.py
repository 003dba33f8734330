"""Real servers on loopback that do what a test says, and a resolver that answers what a test says."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from ssl import SSLContext
from typing import Protocol

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.webhooks.sender import SafeSender

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class FakeResolver(AbstractResolver):
    """Answers with `answers[host]`, a list of addresses for each time it is asked; the last one stays.

    Names it doesn't know have `otherwise`; with none of these they don't exist.
    """

    def __init__(self, answers: dict[str, list[list[str]]] | None = None, *, otherwise: str | None = None) -> None:
        self.answers = answers or {}
        self.otherwise = otherwise
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        known = self.answers.get(host)
        if known is None and self.otherwise is None:
            raise OSError(None, "Name or service not known")
        found = [self.otherwise or ""] if known is None else known.pop(0) if len(known) > 1 else known[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0) for address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Site:
    """A listener on 127.0.0.1: it counts its connections, keeps each request's head, and plays its script."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.connections = 0
        self.heads: list[str] = []
        self.port = 0
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.pair}{path}"

    async def start(self, ssl: SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=ssl)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
            await self.script(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            """The sender went away, which many tests are about."""
        finally:
            self._open.discard(task)
            writer.close()


def sends(*pieces: bytes) -> Script:
    """A script that sends `pieces` and closes."""

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return script


def answer(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    """A whole HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(b"", f"Location: {location}", status=f"{status} Found")


class MakeSite(Protocol):
    async def __call__(self, script: Script, *, ssl: SSLContext | None = None) -> Site: ...


class MakeSender(Protocol):
    def __call__(self, *allowed: Site, resolver: AbstractResolver | None = None) -> SafeSender: ...


@pytest.fixture
async def site() -> AsyncIterator[MakeSite]:
    """`await site(script)` starts a listener of this test's own."""
    async with AsyncExitStack() as stack:

        async def make(script: Script, *, ssl: SSLContext | None = None) -> Site:
            made = Site(script)
            await made.start(ssl)
            stack.push_async_callback(made.stop)
            return made

        yield make


@pytest.fixture
async def tripwire(site: MakeSite) -> Site:
    """A listener that nothing may ever connect to."""
    return await site(sends(answer(b"inside")))


@pytest.fixture
async def sender() -> AsyncIterator[MakeSender]:
    """`sender(*allowed, resolver=...)` makes a sender that is closed in the end. No name exists by default."""
    async with AsyncExitStack() as stack:

        def make(*allowed: Site, resolver: AbstractResolver | None = None) -> SafeSender:
            made = SafeSender(allow=[one.pair for one in allowed], resolver=resolver or FakeResolver())
            stack.push_async_callback(made.close)
            return made

        yield make
