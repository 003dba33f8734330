"""What the LINE runtime does about bots that partners manage, as the Partner API asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.figures import Figures
from bot.models import Bot
from bot.tenancy.owners import Released


class LineSide(Protocol):
    """Each but `figures` works in the caller's transaction and gives the lanes to wake once that has committed."""

    async def suspended(self, session: AsyncSession, bot: Bot, *, now: datetime) -> Sequence[str]:
        """Tell the owner that the bot rests from now on."""
        ...

    async def resumed(self, session: AsyncSession, bot: Bot, *, now: datetime) -> Sequence[str]:
        """Tell the owner that the bot is back."""
        ...

    async def released(self, session: AsyncSession, released: Released, *, now: datetime) -> Sequence[str]:
        """Take back what the bot's people held and had, and tell its former owner."""
        ...

    async def given_up(
        self, session: AsyncSession, bot: Bot, released: Released | None, *, now: datetime
    ) -> Sequence[str]:
        """End whatever is under way in the bot's name; then as `released`, where it had an owner."""
        ...

    async def figures(self, session: AsyncSession, bot: Bot, *, since: datetime, until: datetime) -> Figures:
        """What the bot did from `since` to just before `until`."""
        ...
