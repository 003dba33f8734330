"""The platform's state as JSON for the page and for other processes."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice

from bot.line.simulator.model import ApiCall, Channel, JsonObject, WebhookAttempt
from bot.line.simulator.platform import Platform
from bot.line.simulator.webhooks import WebhookSender

SHOWN_LOG = 400


def state_view(platform: Platform, sender: WebhookSender) -> JsonObject:
    """Everything a fresh page needs."""
    return {
        **directory_view(platform, sender),
        "messages": [asdict(message) for chat in platform.chats() for message in chat],
        "loading": [loading_view(platform, key) for key in platform.loading],
        "log": log_view(platform, limit=SHOWN_LOG),
    }


def directory_view(platform: Platform, sender: WebhookSender) -> JsonObject:
    directory = platform.directory
    return {
        "channels": [channel_view(channel, sender) for channel in directory.channels.values()],
        "users": [asdict(user) for user in directory.users.values()],
        "groups": [asdict(group) for group in directory.groups.values()],
        "bonds": [[channel_id, user_id, bond.value] for (channel_id, user_id), bond in directory.bonds().items()],
        "menus": [
            {"channel_id": channel_id, "user_id": user_id, "rich_menu_id": menu.rich_menu_id, "content": menu.content}
            for (channel_id, user_id), menu in platform.menus.links()
        ],
    }


def channel_view(channel: Channel, sender: WebhookSender) -> JsonObject:
    """A channel without its secrets."""
    view = asdict(channel)
    del view["secret"], view["access_token"]
    view["redelivery"] = list(sender.redelivery.get(channel.channel_id, ()))
    view["held"] = sender.held(channel.channel_id)
    return view


def loading_view(platform: Platform, key: tuple[str, str]) -> JsonObject:
    left = max(0, platform.loading.get(key, 0) - platform.now())
    return {"channel_id": key[0], "user_id": key[1], "milliseconds": left}


def entry_view(entry: WebhookAttempt | ApiCall) -> JsonObject:
    kind = "webhook" if isinstance(entry, WebhookAttempt) else "call"
    return {"kind": kind, **asdict(entry)}


def log_view(platform: Platform, *, since: int = 0, limit: int | None = None) -> list[JsonObject]:
    """Webhooks and API calls with a log number above `since`, oldest first, the last `limit` of them."""
    both: list[WebhookAttempt | ApiCall] = [
        *islice(reversed(platform.webhooks), limit),
        *islice(reversed(platform.calls), limit),
    ]
    entries = sorted((entry for entry in both if entry.number > since), key=lambda entry: entry.number)
    return [entry_view(entry) for entry in (entries[-limit:] if limit else entries)]
