"""What partners are told of things that happen by themselves."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.webhooks.states import Event

BOT_EVENTS = ("bot.owner_bound", "bot.owner_transferred", "bot.owner_released")
EVENTS = (*BOT_EVENTS, Event.ENDPOINT_PAUSED.value)


class BotOwnerEvent(msgspec.Struct):
    """A bot has an owner, another one, or none any more. Who people are in LINE is not told."""

    event: Literal["bot.owner_bound", "bot.owner_transferred", "bot.owner_released"]
    timestamp: str
    bot_id: str
    store_name: str
    helpers_removed: int


class EndpointPausedEvent(msgspec.Struct):
    """Nothing is sent to an endpoint any more, until it is resumed. `url` is its address without the query."""

    event: Literal["endpoint.paused"]
    timestamp: str
    endpoint_id: str
    url: str
    reason: Literal["failing", "gone"]
    failures: int
    failing_since: str
