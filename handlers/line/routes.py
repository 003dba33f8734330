"""The webhook: verify the raw bytes, keep every event, then say 200."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.clock import Clock
from bot.errors import BadRequest, NotFound, Unauthenticated, Unavailable
from bot.line.channels import FRESH_FOR, REREAD_AFTER, ChannelAccess, ChannelDirectory, SecretPromoter
from bot.line.events import read_webhook
from bot.logging import get_logger
from bot.security.box import BoxError
from bot.security.signatures import verify_line_webhook
from bot.web.requests import read_body
from bot.web.surface import Limits, Route, Surface
from handlers.line.inbox import Inbox, row_of
from handlers.line.metrics import LineMetrics

SIGNATURE_HEADER = "x-line-signature"

# LINE waits two seconds for an answer, so a body that takes longer has nobody waiting for it.
LINE = Surface("line", "/line", limits=Limits(body_bytes=1024 * 1024, body_seconds=2.0))

log = get_logger(__name__)


class UnknownChannel(NotFound):
    code = "unknown_channel"
    message = "There is no LINE channel at this webhook URL."


class UnreadableChannel(Unavailable):
    code = "channel_unreadable"
    message = "This channel's secret can't be read at the moment: `shopkeeper doctor` tells the operator why."


class BadSignature(Unauthenticated):
    code = "bad_signature"
    message = "The x-line-signature header is missing or does not match the body and this channel's secret."


class WrongDestination(BadRequest):
    code = "wrong_destination"
    message = "The destination of this webhook is another channel than the one of its URL."


@dataclass(frozen=True, slots=True)
class Webhook:
    """`POST /line/webhook` is the central channel's, `/line/webhook/{channel_id}` a vendor's own."""

    channels: ChannelDirectory
    promoter: SecretPromoter
    inbox: Inbox
    clock: Clock
    metrics: LineMetrics

    async def receive(self, request: web.Request) -> web.Response:
        """Answer 200 once every event of the body is on the disk; nothing else happens before that."""
        body = await read_body(request)
        channel = await self._verified(request, body)
        webhook = read_webhook(body)
        if channel.bot_user_id is not None and webhook.destination != channel.bot_user_id:
            raise WrongDestination
        if webhook.events:
            now = self.clock.now()
            await self.inbox.accept([row_of(channel.id, event, received_at=now) for event in webhook.events])
            self.metrics.events_received(len(webhook.events))
        return web.Response()

    async def _verified(self, request: web.Request, body: bytes) -> ChannelAccess:
        """The channel of the URL, which has signed the body. A secret may have been announced a moment ago."""
        given = request.headers.get(SIGNATURE_HEADER)
        channel = await self._channel(request)
        signed_with = _secret_of(channel, body, given)
        if signed_with is None and given is not None:
            channel = await self._channel(request, fresh_for=REREAD_AFTER)
            signed_with = _secret_of(channel, body, given)
        if signed_with is None:
            raise BadSignature
        if signed_with == channel.next_secret:
            self.promoter.seen(channel)
        return channel

    async def _channel(self, request: web.Request, *, fresh_for: timedelta = FRESH_FOR) -> ChannelAccess:
        given = request.match_info.get("channel_id")
        try:
            channel_id = uuid.UUID(given) if given is not None else None
        except ValueError:
            raise UnknownChannel from None
        try:
            channel = await self.channels.find(channel_id, fresh_for=fresh_for)
        except BoxError:
            log.exception("channel_unreadable", channel_id=str(channel_id))
            raise UnreadableChannel from None
        if channel is None:
            raise UnknownChannel
        return channel


def _secret_of(channel: ChannelAccess, body: bytes, given: str | None) -> str | None:
    """The secret of the channel that the body was signed with."""
    return next((secret for secret in channel.secrets if verify_line_webhook(secret, body, given)), None)


def line_routes(webhook: Webhook) -> list[Route]:
    return [
        LINE.route("POST", "/line/webhook", webhook.receive),
        LINE.route("POST", "/line/webhook/{channel_id}", webhook.receive),
    ]
