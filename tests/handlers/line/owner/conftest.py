"""An owner at their phone: what they write and tap, and what they see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.line.simulator import Told, User
from bot.models import Bot
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge.schemas.vendors import ConfigsBody
from knowledge.vendors import Configs
from tests.support.running import Running
from tests.support.tapping import actions_of
from tests.support.vendors import CONFIGS_A


@dataclass(frozen=True)
class Seen:
    """What the account said to a step: its words, and its buttons by label."""

    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(word for message in self.messages for word in _words(message))

    @property
    def buttons(self) -> dict[str, str]:
        """Postback data by label; a label's first button."""
        found: dict[str, str] = {}
        for message in self.messages:
            for action in actions_of(message):
                found.setdefault(str(action["label"]), str(action.get("data", "")))
        return found


@dataclass(frozen=True)
class Seat:
    """Somebody at their phone."""

    shop: Running
    user: User
    bot: Bot

    async def says(self, text: str) -> Seen:
        return await self._seen(await self.shop.line.user_says(self.shop.central, self.user, text))

    async def taps(self, data: str) -> Seen:
        return await self._seen(await self.shop.line.user_taps(self.shop.central, self.user, data))

    async def presses(self, seen: Seen, label: str) -> Seen:
        """Tap the first button whose label begins like this."""
        return await self.taps(next(data for name, data in seen.buttons.items() if name.startswith(label)))

    async def sends(self, content: dict[str, Any]) -> Seen:
        return await self._seen(await self.shop.line.user_sends(self.shop.central, self.user, content))

    async def does(self, action: str, argument: str = "") -> Seen:
        return await self.taps(f"o:{action}:{self.bot.id.hex}:{argument}".removesuffix(":"))

    async def _seen(self, told: Told) -> Seen:
        await self.shop.settle()
        return Seen([message.content for message in self.shop.line.answers_to(told)])


@pytest.fixture
async def owner(still: Running) -> Seat:
    """The owner of a shop with one entry and the values of the documents' first vendor."""
    bot = await still.shops.open()
    user = still.friend("店長")
    await still.shops.own(bot, user)
    principal = Principal(PrincipalKind.API_KEY, "tests", bot.tenant_id)
    configs = ConfigsBody.model_validate({"configs": CONFIGS_A})
    await Configs(still.database, still.shopkeeper.ports.clock).put(principal, bot.vendor_id, configs)
    return Seat(still, user, bot)


async def seated(running: Running) -> tuple[Seat, Seat]:
    """Owner and helper of a new shop."""
    bot, user = await running.shops.open(), running.friend("店長")
    await running.shops.own(bot, user)
    owner = Seat(running, user, bot)
    return owner, Seat(running, await join(owner, "店員"), bot)


async def join(owner: Seat, name: str) -> User:
    """Make somebody a helper without a word."""
    user = owner.shop.friend(name)
    await owner.shop.shops.help(owner.bot, user)
    return user


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _words(one)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for name, inner in part.items():
            if name not in ("quickReply", "action"):
                yield from _words(inner)
