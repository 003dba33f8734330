"""Tapping what the account offered last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.line.simulator import Channel, Group, User
from tests.support.running import Running


def buttons(running: Running, chat: User | Group, *, channel: Channel | None = None) -> list[dict[str, Any]]:
    """The actions of the last message: its quick replies and the buttons on its cards."""
    messages = running.line.visible_messages(channel or running.central, chat)
    last = next(message.content for message in reversed(messages) if message.via in {"reply", "push"})
    return list(actions_of(last))


async def tap(running: Running, user: User, label: str, *, channel: Channel | None = None) -> list[str]:
    """Tap the button of this label and give back what the account answered."""
    offered = buttons(running, user, channel=channel)
    action = next((one for one in offered if one["label"] == label), None)
    assert action is not None, f"no button {label!r} among {[one['label'] for one in offered]}"
    on = channel or running.central
    if action["type"] == "message":
        return await running.ask(user, action["text"], channel=on)
    return await running.answers(await running.line.user_taps(on, user, action["data"]))


def actions_of(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The actions of a message: its quick replies, and the buttons on its card from the top to the bottom."""
    yield from (item["action"] for item in content.get("quickReply", {}).get("items", []))
    yield from _actions_in(content.get("contents"))


def _actions_in(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "button":
            yield part["action"]
        for value in part.values():
            yield from _actions_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _actions_in(value)
