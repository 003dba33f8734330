"""Sends webhooks as LINE does: signed, within two seconds, each chat's in order; and, where a test or a
person asks for it, again, twice, late or shuffled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

import aiohttp

from bot.line.simulator.events import redelivered, webhook_body
from bot.line.simulator.model import Channel, JsonObject, Occurrence, WebhookAttempt
from bot.line.simulator.platform import Platform
from bot.security.signatures import sign_line_webhook

TIMEOUT_SECONDS = 2.0
MAX_ANSWER_BYTES = 64 * 1024
CONNECTIONS = 256
Order = Callable[[list[Occurrence]], None]
"""Rearranges the held occurrences in place, such as `random.Random(7).shuffle`."""


class WebhookSender:
    """Delivers occurrences to the channels' webhook URLs over one shared session, between `open` and `close`.

    `redelivery` holds, per channel, the delays in seconds after which a webhook that got no 2xx is sent
    again; a channel without an entry has redelivery off, which is LINE's default.
    """

    def __init__(self, platform: Platform, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._platform = platform
        self._session: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._lanes: dict[tuple[str, str], asyncio.Lock] = {}
        self._held: dict[str, list[Occurrence]] = {}
        self._sent: dict[int, list[Occurrence]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.redelivery: dict[str, tuple[float, ...]] = {}

    async def open(self) -> None:
        """Make the session. It ignores proxy settings: the bot under test is near."""
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        self._session = aiohttp.ClientSession(connector=connector, trust_env=False)

    async def close(self) -> None:
        """Stop what runs in the background and close the session."""
        for task in tuple(self._tasks):
            task.cancel()
        await self.settle()
        if self._session:
            await self._session.close()

    async def deliver(self, occurrences: Sequence[Occurrence], *, copies: int = 1) -> list[WebhookAttempt]:
        """Send the occurrences of one channel in one request, `copies` times at once.

        Answers the first attempts; redeliveries go on in the background. Nothing is sent while the
        channel is held or has no active webhook URL.
        """
        if not occurrences:
            return []
        channel = self._platform.directory.channel(occurrences[0].channel_id)
        if channel.channel_id in self._held:
            self._held[channel.channel_id].extend(occurrences)
            return []
        if channel.webhook_url is None or not channel.webhook_active:
            return []
        async with AsyncExitStack() as stack:
            # Sorted, so that two requests about the same chats can't wait for each other.
            for lane in sorted({(item.channel_id, item.chat_id) for item in occurrences}):
                await stack.enter_async_context(self._lanes.setdefault(lane, asyncio.Lock()))
            sending = (self._attempt(channel, occurrences, redelivery=0) for _ in range(copies))
            attempts = list(await asyncio.gather(*sending))
        if not any(attempt.accepted for attempt in attempts) and self.redelivery.get(channel.channel_id):
            self.start(self._keep_redelivering(channel, occurrences))
        return attempts

    def hold(self, channel_id: str) -> None:
        """Keep the channel's webhooks back until `release`."""
        self._held.setdefault(self._platform.directory.channel(channel_id).channel_id, [])

    def held(self, channel_id: str) -> int | None:
        """How many events are kept back; None where the channel isn't held."""
        kept = self._held.get(channel_id)
        return None if kept is None else len(kept)

    async def release(
        self, channel_id: str, *, order: Order | None = None, batch_size: int = 1, copies: int = 1
    ) -> list[WebhookAttempt]:
        """Send what was held: in `order`, `batch_size` events a request, each request `copies` times."""
        waiting = self._held.pop(channel_id, [])
        if order:
            order(waiting)
        attempts: list[WebhookAttempt] = []
        for start in range(0, len(waiting), batch_size):
            attempts += await self.deliver(waiting[start : start + batch_size], copies=copies)
        return attempts

    async def redeliver(self, number: int) -> WebhookAttempt:
        """Send the webhook of the attempt with that log number again, marked as a redelivery."""
        before = next((row for row in self._platform.webhooks if row.number == number), None)
        occurrences = self._sent.get(number)
        if before is None or not occurrences:
            raise LookupError(f"There is no webhook {number}.")
        channel = self._platform.directory.channel(before.channel_id)
        return await self._attempt(channel, occurrences, redelivery=before.redelivery + 1)

    async def probe(self, channel: Channel, url: str) -> WebhookAttempt:
        """The connection check: a signed webhook without events."""
        return await self.post(channel, webhook_body(channel.bot_user_id, []), url=url)

    async def post(
        self,
        channel: Channel,
        body: bytes,
        *,
        url: str | None = None,
        signature: str | None = None,
        occurrences: Sequence[Occurrence] = (),
        redelivery: int = 0,
    ) -> WebhookAttempt:
        """Send these bytes, signed with the channel's secret unless a signature is given, and log it."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
            "x-line-signature": sign_line_webhook(channel.secret, body) if signature is None else signature,
        }
        attempt = WebhookAttempt(
            number=self._platform.next_log_number(),
            at=self._platform.now(),
            channel_id=channel.channel_id,
            url=url or channel.webhook_url or "",
            headers=headers,
            body=body.decode("utf-8", "replace"),
            chat_ids=tuple(dict.fromkeys(item.chat_id for item in occurrences)),
            event_ids=tuple(item.event_id for item in occurrences),
            redelivery=redelivery,
        )
        started = time.perf_counter()
        await self._exchange(attempt, body)
        attempt.milliseconds = round((time.perf_counter() - started) * 1000, 1)
        self._platform.log_webhook(attempt)
        return attempt

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background until `close`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait for everything in the background, redeliveries included."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _attempt(self, channel: Channel, occurrences: Sequence[Occurrence], *, redelivery: int) -> WebhookAttempt:
        events: list[JsonObject] = [redelivered(item.event) if redelivery else item.event for item in occurrences]
        self._platform.note_delivery(item.event_id for item in occurrences)
        body = webhook_body(channel.bot_user_id, events)
        attempt = await self.post(channel, body, occurrences=occurrences, redelivery=redelivery)
        self._sent[attempt.number] = list(occurrences)
        if attempt.accepted and channel.chat_mode == "bot":
            for item in occurrences:
                if item.message:
                    self._platform.mark_read(item.message)
        return attempt

    async def _keep_redelivering(self, channel: Channel, occurrences: Sequence[Occurrence]) -> None:
        for count, delay in enumerate(self.redelivery.get(channel.channel_id, ()), start=1):
            await asyncio.sleep(delay)
            if (await self._attempt(channel, occurrences, redelivery=count)).accepted:
                return

    async def _exchange(self, attempt: WebhookAttempt, body: bytes) -> None:
        if self._session is None:
            raise RuntimeError("The webhook sender isn't open.")
        try:
            async with self._session.post(
                attempt.url, data=body, headers=attempt.headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                attempt.answer = (await response.content.read(MAX_ANSWER_BYTES)).decode("utf-8", "replace")
                attempt.status = response.status
        except TimeoutError:
            attempt.error = "timeout"
        except aiohttp.ClientConnectorError:
            attempt.error = "could not connect"
        except (aiohttp.ClientError, ValueError) as error:
            attempt.error = type(error).__name__
