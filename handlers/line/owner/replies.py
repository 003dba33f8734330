"""What the desk's parts say with: replies in the bot's name, and dialogs with drafts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.messages import Action, FlexMessage, PostbackAction
from bot.models import StaffDialog
from bot.tenancy.principal import Principal
from bot.texts import say, words_of
from handlers.line import repository
from handlers.line.asking import principal_of
from handlers.line.owner.desk import CANCEL, MENU, Order, button
from handlers.line.rendering import messages_for
from handlers.line.repository import Dialog
from handlers.line.responses import Reply
from knowledge.repository.changes import Author

DIALOG_LASTS = timedelta(minutes=15)
MOST_DIGITS = 18


def told(order: Order, text: str, *buttons: Action, wake: Sequence[str] = ()) -> Reply:
    """A text in the bot's name with buttons below it."""
    return Reply(messages=messages_for(text, buttons), bot_id=order.bot.id, wake=tuple(wake))


def shown(order: Order, contents: Mapping[str, Any], *buttons: Action, alt: str = "") -> Reply:
    """A card in the bot's name with buttons below it."""
    return Reply(messages=(FlexMessage(alt, contents, buttons),), bot_id=order.bot.id)


def phrase(order: Order, key: str, **values: object) -> str:
    return say(key, order.language, **values)


def tap(order: Order, key: str, action: str, argument: str = "") -> PostbackAction:
    """A button of the desk whose label is the catalogue's `key`."""
    return button(order.bot, phrase(order, key), action, argument)


def ways_out(order: Order) -> tuple[PostbackAction, ...]:
    """The button back to the menu, for where something has ended."""
    return (tap(order, "owner.to_menu", MENU),)


def way_back(order: Order) -> PostbackAction:
    """The button that ends what staff are in the middle of."""
    return tap(order, "owner.cancel", CANCEL)


def expired(order: Order) -> Reply:
    """What was asked for with a button is over: the draft is done, cancelled, or replaced by another."""
    return told(order, phrase(order, "owner.button_expired"), *ways_out(order))


async def begin(
    session: AsyncSession, order: Order, kind: str, *, data: dict[str, Any], lasts: timedelta = DIALOG_LASTS
) -> None:
    """Let the sender's next text belong to this, for a while."""
    dialog = StaffDialog(
        tenant_id=order.bot.tenant_id,
        contact_id=order.turn.contact.id,
        bot_id=order.bot.id,
        kind=kind,
        data=data,
        begun_at=order.incoming.now,
        expires_at=order.incoming.now + lasts,
    )
    await repository.begin_dialog(session, dialog)


async def end(session: AsyncSession, order: Order) -> None:
    """The sender is in the middle of nothing any more."""
    await repository.end_dialog(session, order.turn.contact.id, order.bot.id)


async def current(session: AsyncSession, order: Order, kind: str) -> Dialog | None:
    """The dialog of this kind that the sender is in the middle of."""
    dialog = await repository.find_dialog(session, order.turn.contact.id, order.bot.id, now=order.incoming.now)
    return dialog if dialog is not None and dialog.kind == kind else None


async def drafted(session: AsyncSession, order: Order, kind: str, draft: str) -> dict[str, Any] | None:
    """What stands in the draft of this mark; None where that isn't the latest any more."""
    dialog = await current(session, order, kind)
    return dialog.data if dialog is not None and draft and dialog.data.get("draft") == draft else None


def new_draft() -> str:
    """A mark by which a button knows its draft from later ones."""
    return secrets.token_hex(4)


def author_of(order: Order) -> Author:
    """Who changes the shop's knowledge: the bot, on the word of its owner or helper."""
    return Author(principal(order), said_by=f"LINE {order.role}")


def principal(order: Order) -> Principal:
    return principal_of(order.bot)


def says_yes(text: str) -> bool:
    """Whether a text agrees with what was shown."""
    return _is_one_of("owner.heard_yes", text)


def says_no(text: str) -> bool:
    """Whether a text refuses what was shown."""
    return _is_one_of("owner.heard_no", text)


def says_edit(text: str) -> bool:
    """Whether a text wants what was shown otherwise, and doesn't say how."""
    return says_no(text) or _is_one_of("owner.heard_edit", text)


def _is_one_of(key: str, text: str) -> bool:
    return text.strip().strip("。！!.~～").casefold() in words_of(key)


def number_in(text: str) -> int | None:
    """A count or an id as a button carries it; None for anything else."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= MOST_DIGITS else None
