"""Which bot answers a contact (`docs/decisions`, which bot answers)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot
from bot.tenancy.owners import bots_owned_by
from handlers.line import repository
from handlers.line.repository import ContactRow
from handlers.line.responses import Incoming

MOST_SHOPS_OFFERED = 10


@dataclass(frozen=True, slots=True)
class Route:
    """The bot that answers, or None with the shops the contact may choose from.

    `is_closed` says that this is a vendor's own account and that its bot was given up: nobody speaks there.
    """

    bot: Bot | None
    choices: Sequence[Bot] = ()
    is_closed: bool = False


async def find_route(session: AsyncSession, incoming: Incoming, contact: ContactRow | None) -> Route:
    """Find the bot for this contact.

    In this order: the only bot of the channel (always so on a vendor's own), the shop the contact
    entered last, the bot its user owns, else the shops it has talked with.
    """
    channel_id = incoming.channel.id
    bots = await repository.bots_of_channel(session, channel_id, limit=2)
    if len(bots) == 1 or (not bots and not incoming.channel.is_central):
        return Route(bots[0] if bots else None, is_closed=not bots)
    if contact is not None and contact.entered_bot_id is not None:
        entered = await repository.find_bot(session, channel_id, contact.entered_bot_id)
        if entered is not None:
            return Route(entered)
    if incoming.in_private and incoming.user_id is not None:
        owned = await bots_owned_by(session, channel_id, incoming.user_id)
        if len(owned) == 1:
            return Route(owned[0])
        if owned:
            return Route(None, owned[:MOST_SHOPS_OFFERED])
    if contact is None:
        return Route(None)
    return Route(None, await repository.bots_known_to(session, contact.id, limit=MOST_SHOPS_OFFERED))
