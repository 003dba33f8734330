"""The rich menu of owners and helpers on a vendor's own channel: linked to whoever is of the shop, and to no others.

A lane per person brings LINE to what the store says. It is woken where somebody gains or loses their part, and
whenever they open the menu, so that what failed once is made good by itself.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.channels import ChannelAccess, ChannelDirectory
from bot.line.channels import repository as channels
from bot.line.client import LineClient, LineError
from bot.logging import get_logger
from bot.models import Bot
from bot.outbox.lanes import Lease
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.taps import button

LANE_PREFIX = "menu"
PICTURE = "staff_menu.png"
# Part of the menu's name: another picture or other areas need another menu.
VERSION = 1
WIDTH, HEIGHT = 2500, 1686
# Left to right, top to bottom, as the picture shows them.
ROWS = (("unanswered", "teach", "values"), ("waiting", "summary", "menu"))
MOST_REMEMBERED = 1000

log = get_logger(__name__)


def lane_of(channel_id: uuid.UUID, user_id: str) -> str:
    """The lane in which somebody's menu on a channel is seen to."""
    return f"{LANE_PREFIX}:{channel_id.hex}:{user_id}"


def lanes_for(channel: ChannelAccess, user_id: str | None) -> tuple[str, ...]:
    """The lane to wake for somebody; none on the channel that many shops share, which has no such menu."""
    return () if channel.is_central or user_id is None else (lane_of(channel.id, user_id),)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody, and the bot whose menu they are to have; None where they are to have none."""

    channel_id: uuid.UUID
    user_id: str
    bot: Bot | None


class StaffMenuWorker:
    """Works lanes `menu:<channel>:<user>` (see `bot.outbox.lanes.LaneWorker`). Its failure costs nobody a message."""

    prefix = LANE_PREFIX

    def __init__(self, directory: ChannelDirectory, line: LineClient) -> None:
        self._directory = directory
        self._line = line
        self._done: OrderedDict[str, int] = OrderedDict()

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Wanted | None:
        """What is to be seen to, once for every time that the lane was woken."""
        if self._done.pop(lease.key, None) == lease.fence:
            return None
        self._done[lease.key] = lease.fence
        while len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)
        _, channel, user_id = lease.key.split(":", 2)
        channel_id = uuid.UUID(channel)
        bots = await repository.staffed_bots(session, channel_id, user_id, limit=1)
        return Wanted(channel_id, user_id, bots[0] if bots else None)

    async def perform(self, lease: Lease, item: Wanted) -> str | None:
        """Link or unlink the menu, making it where there is none yet; gives its id."""
        channel = await self._directory.find(item.channel_id)
        if channel is None or channel.is_central:
            return None
        try:
            if item.bot is None:
                await self._line.unlink_rich_menu(channel.token, user_id=item.user_id)
                return None
            menu_id = await self._menu_of(channel, item.bot)
            await self._line.link_rich_menu(channel.token, user_id=item.user_id, rich_menu_id=menu_id)
        except (LineError, OSError) as error:
            log.warning("staff_menu_failed", channel_id=str(item.channel_id), error=str(error)[:200])
            return None
        return menu_id

    async def finish(self, session: AsyncSession, lease: Lease, item: Wanted, result: str | None) -> None:
        channel = await channels.find(session, item.channel_id) if result is not None else None
        if channel is not None and channel.staff_menu_id != result:
            channel.staff_menu_id = result
            await session.flush()

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return ()

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        return None

    async def _menu_of(self, channel: ChannelAccess, bot: Bot) -> str:
        """The menu of a bot; LINE tells by name whether there is one, so that no crash makes a second."""
        menu = menu_object(bot)
        named = [one for one in await self._line.rich_menus(channel.token) if one.name == menu["name"]]
        if named:
            return named[0].id
        image = picture()
        menu_id = await self._line.create_rich_menu(channel.token, menu=menu)
        try:
            await self._line.upload_rich_menu_image(
                channel.token, rich_menu_id=menu_id, image=image, content_type="image/png"
            )
        except LineError:
            # Without its picture it can't be linked, and its name would be taken for that of a whole one.
            await self._line.delete_rich_menu(channel.token, rich_menu_id=menu_id)
            raise
        return menu_id


def menu_object(bot: Bot) -> dict[str, Any]:
    """LINE's rich menu object: an area for every action of the picture."""
    areas = []
    for row, actions in enumerate(ROWS):
        for column, action in enumerate(actions):
            left, right = WIDTH * column // len(actions), WIDTH * (column + 1) // len(actions)
            top, bottom = HEIGHT * row // len(ROWS), HEIGHT * (row + 1) // len(ROWS)
            tap = button(bot, say(f"menu.{action}", Language.ZH_TW), action)
            bounds = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            areas.append({"bounds": bounds, "action": tap.to_json()})
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": False,
        "name": f"shopkeeper-staff-{VERSION}-{bot.id.hex}",
        "chatBarText": say("menu.bar", Language.ZH_TW),
        "areas": areas,
    }


def picture() -> bytes:
    """The menu's picture, rendered from `staff_menu.html` beside it."""
    return (files(__name__) / PICTURE).read_bytes()
