"""The statements behind the log of requests."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import OperatorKey, PartnerApiKey, PartnerApiRequest


async def add_requests(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep requests, each given by its columns."""
    await session.execute(insert(PartnerApiRequest), rows)


async def note_use(
    session: AsyncSession, model: type[PartnerApiKey] | type[OperatorKey], used: Mapping[uuid.UUID, datetime]
) -> None:
    """Keep when keys of this kind were last used, where that is later than what is known."""
    for key_id in sorted(used):
        later = or_(model.last_used_at.is_(None), model.last_used_at < used[key_id])
        statement = update(model).where(model.id == key_id, later).values(last_used_at=used[key_id])
        await session.execute(statement, execution_options={"synchronize_session": False})
