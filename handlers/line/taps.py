"""Buttons that ask the desk of a shop for something (`handlers.line.owner.desk`). Pure."""

from __future__ import annotations

from bot.line.messages import PostbackAction
from bot.models import Bot

TAP = "o"


def button(order_bot: Bot, label: str, action: str, argument: str = "") -> PostbackAction:
    """A button that asks the desk for an action; `label` stands in the chat when it is tapped."""
    data = f"{TAP}:{action}:{order_bot.id.hex}:{argument}".removesuffix(":")
    return PostbackAction(label=label, data=data, display_text=label)
