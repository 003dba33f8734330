"""設定: when the owner is told what, and what may cost billed messages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.flex import list_bubble
from bot.line.messages import PostbackAction
from bot.tenancy.bot_settings import LATE_REPLIES, OWNER_PUSHES
from handlers.line.owner.desk import Desk, Order, button
from handlers.line.owner.replies import number_in, phrase, shown, tap, told, ways_out
from handlers.line.repository import Role
from handlers.line.responses import Reply, Response

SETTINGS = "settings"
HOURS = (8, 9, 10, 12, 14, 17, 18, 19, 20, 21, 22)
LIMITS = (0, 20, 50, 100, 200, 500)
NONE = "none"
CHOICES: Mapping[str, tuple[str, ...]] = {
    "hour": (*(str(hour) for hour in HOURS), NONE),
    "notices": OWNER_PUSHES,
    "late": LATE_REPLIES,
    "limit": (*(str(limit) for limit in LIMITS), NONE),
}


def add_to(desk: Desk) -> None:
    """Let the owner see and change them."""
    desk.action(SETTINGS, settings, needs=Role.OWNER)


async def settings(session: AsyncSession, order: Order) -> Response:
    """A card with everything; what a setting may be; or a setting that was chosen."""
    name, _, value = order.argument.partition("=")
    if not name:
        return _card(order)
    if name not in CHOICES:
        return told(order, phrase(order, "settings.unknown"), *_changes(order))
    if not value:
        return told(order, phrase(order, f"settings.ask_{name}"), *_options(order, name))
    if value not in CHOICES[name]:
        return told(order, phrase(order, "settings.unknown"), *_options(order, name))
    _set(order, name, value)
    await session.flush()
    return _saved(order, name)


def _card(order: Order) -> Reply:
    rows = [(phrase(order, f"settings.{name}"), _value(order, name)) for name in CHOICES]
    card = list_bubble(phrase(order, "settings.title"), rows, buttons=_changes(order), note=order.bot.store_name)
    return shown(order, card, *ways_out(order))


def _saved(order: Order, name: str) -> Reply:
    value = _value(order, name)
    said = [phrase(order, "settings.saved", name=phrase(order, f"settings.{name}"), value=value)]
    buttons = [tap(order, "settings.title", SETTINGS)]
    if name == "hour" and order.bot.summary_hour is not None and order.bot.owner_pushes != "all":
        said.append(phrase(order, "settings.hour_not_pushed", notices=_value(order, "notices")))
        buttons.insert(0, button(order.bot, phrase(order, "settings.short_all"), SETTINGS, "notices=all"))
    return told(order, "\n\n".join(said), *buttons, *ways_out(order))


def _changes(order: Order) -> list[PostbackAction]:
    """A button for each setting."""
    return [tap(order, f"settings.change_{name}", SETTINGS, name) for name in CHOICES]


def _options(order: Order, name: str) -> list[PostbackAction]:
    """A button for each thing that a setting may be."""
    return [button(order.bot, _label(order, name, one), SETTINGS, f"{name}={one}") for one in CHOICES[name]]


def _label(order: Order, name: str, value: str) -> str:
    if name == "hour":
        return phrase(order, "settings.hour_none") if value == NONE else f"{int(value):02}:00"
    if name == "limit":
        return (
            phrase(order, "settings.limit_none") if value == NONE else phrase(order, "settings.limit_is", count=value)
        )
    return phrase(order, f"settings.short_{value}")


def _value(order: Order, name: str) -> str:
    """What a setting is, in words."""
    bot = order.bot
    match name:
        case "hour":
            if bot.summary_hour is None:
                return phrase(order, "settings.hour_none")
            return phrase(order, "settings.hour_at", hour=f"{bot.summary_hour:02}")
        case "limit":
            if bot.push_limit is None:
                return phrase(order, "settings.limit_none")
            return phrase(order, "settings.limit_is", count=bot.push_limit)
        case "notices":
            return phrase(order, f"settings.notices_{bot.owner_pushes}")
    return phrase(order, f"settings.late_{bot.late_reply}")


def _set(order: Order, name: str, value: str) -> None:
    bot = order.bot
    match name:
        case "hour":
            bot.summary_hour = number_in(value)
        case "limit":
            bot.push_limit = number_in(value)
        case "notices":
            bot.owner_pushes = value
        case "late":
            bot.late_reply = value
