"""What LINE tells of people and groups. That it fails or takes long costs their name only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

from bot.line.client import LineClient, LineError, Profile

TELLING_SECONDS = 2.0
MOST_NAME = 200

_Told = TypeVar("_Told")


async def profile_of(line: LineClient, token: str, user_id: str) -> Profile | None:
    """Who somebody is; None where LINE doesn't say in time."""
    return await _in_time(line.profile(token, user_id=user_id))


async def name_of_person(line: LineClient, token: str, user_id: str) -> str | None:
    """What somebody is called in LINE; None where it doesn't say in time."""
    profile = await profile_of(line, token, user_id)
    return profile.display_name[:MOST_NAME] if profile is not None else None


async def name_of_group(line: LineClient, token: str, source_id: str) -> str | None:
    """What LINE calls a group; None for rooms, and where it doesn't say in time."""
    if not source_id.startswith("C"):
        return None
    summary = await _in_time(line.group_summary(token, group_id=source_id))
    return summary.name[:MOST_NAME] if summary is not None else None


async def _in_time(asking: Awaitable[_Told]) -> _Told | None:
    with suppress(LineError, TimeoutError):
        async with asyncio.timeout(TELLING_SECONDS):
            return await asking
    return None
