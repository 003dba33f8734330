"""A load generator for webhooks: keep-alive connections on one event loop, requests made beforehand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

# Any success: a webhook is answered with 200, what is made with 201 and 202.
OK = b"HTTP/1.1 2"


@dataclass(frozen=True, slots=True)
class Load:
    """What a load came to: how many requests succeeded, how many didn't, and seconds in all."""

    acknowledged: int
    refused: int
    seconds: float
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        """Acknowledged requests a second."""
        return self.acknowledged / self.seconds

    def percentile(self, share: float) -> float:
        """The latency, in milliseconds, that `share` of the requests stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


class Connection(asyncio.Protocol):
    """Sends one prepared request after the other, each when the last was answered."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self._requests = iter(requests)
        self._sent = 0.0
        self.acknowledged = self.refused = 0
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        # Answers to a webhook are small and have no body to speak of: one read holds a whole one.
        self.latencies.append(time.perf_counter() - self._sent)
        if data.startswith(OK):
            self.acknowledged += 1
        else:
            self.refused += 1
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


def http_request(path: str, body: bytes, signature: str) -> bytes:
    """A POST as LINE sends it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"X-Line-Signature: {signature}\r\nUser-Agent: LineBotWebhook/2.0\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run_load(port: int, requests: Sequence[bytes], *, connections: int) -> Load:
    """Send all of `requests` to a server on this machine over so many connections at once."""
    loop = asyncio.get_running_loop()
    shares = [requests[start::connections] for start in range(connections)]
    started = time.perf_counter()
    pairs = [await loop.create_connection(partial(Connection, share), "127.0.0.1", port) for share in shares]
    protocols = [protocol for _, protocol in pairs]
    await asyncio.gather(*(protocol.done for protocol in protocols))
    seconds = time.perf_counter() - started
    return Load(
        acknowledged=sum(protocol.acknowledged for protocol in protocols),
        refused=sum(protocol.refused for protocol in protocols),
        seconds=seconds,
        latencies=[latency for protocol in protocols for latency in protocol.latencies],
    )
