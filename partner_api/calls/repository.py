"""The statements behind calls: what a job works on."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from bot.models import AsyncJob, CallRecording
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to


async def add_call(session: AsyncSession, job: AsyncJob, recording: CallRecording) -> None:
    """Add a job with what it works on."""
    session.add(job)
    await session.flush()
    session.add(recording)
    await session.flush()


async def recording_of(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> CallRecording | None:
    """What a job works on, with all of it: read it with `Database.reading(heavy=True)`. None once it has ended."""
    statement: Select[Any] = select(CallRecording).where(CallRecording.job_id == job_id)
    loaded = statement.options(undefer(CallRecording.data), undefer(CallRecording.transcript))
    found: CallRecording | None = await session.scalar(visible_to(principal, loaded, CallRecording))
    return found
