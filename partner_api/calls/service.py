"""Accepting calls for analysis."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Agent, AsyncJob, CallRecording, Company
from partner_api.caller import Caller
from partner_api.calls.analysis.turns import Speaker, segments_of, turns_of
from partner_api.calls.audio import AudioBytes, AudioUrl
from partner_api.calls.intake import ReadCall
from partner_api.calls.repository import add_call
from partner_api.calls.schemas import Accepted, TurnBody
from partner_api.companies.errors import AgentNotFound, CompanyNotFound
from partner_api.companies.repository import agent_row, company_row
from partner_api.jobs.errors import TooManyJobs
from partner_api.jobs.estimating import estimated_time
from partner_api.jobs.repository import count_open_of_key
from partner_api.jobs.states import CALL_ANALYSIS, JobState
from partner_api.wire import uuid_of

MAX_OPEN_JOBS = 500
RETRY_AFTER_SECONDS = 30
MESSAGE = "Analysis job created successfully"


async def accept(session: AsyncSession, caller: Caller, call: ReadCall, *, clock: Clock) -> AsyncJob:
    """A queued job for `call`, and what it works on.

    Raises CompanyNotFound and AgentNotFound for what the caller may not see, and TooManyJobs where
    `MAX_OPEN_JOBS` of its key are open. Calls that come at once may exceed that by as many as they are.
    """
    company, agent = await _whose(session, caller, call)
    if await count_open_of_key(session, caller.key_id) >= MAX_OPEN_JOBS:
        raise TooManyJobs(retry_after=RETRY_AFTER_SECONDS)
    now = clock.now()
    job = AsyncJob(
        id=uuid.uuid4(),
        # A key to everybody's companies asks in its own name: what comes of it is not for the company's partner.
        tenant_id=caller.principal.tenant_id,
        environment=caller.environment.value,
        company_id=company.id,
        agent_id=agent.id,
        partner_api_key_id=caller.key_id,
        signer_id=caller.signer_id,
        call_id=uuid.uuid4(),
        job_type=CALL_ANALYSIS,
        state=JobState.QUEUED.value,
        request=_asked_for(call),
        webhook_url=call.wanted.webhook_url,
        attempts=0,
        due_at=now,
        created_at=now,
    )
    await add_call(session, job, _recording(job, call, agent_name=agent.name))
    return job


def accepted(job: AsyncJob) -> Accepted:
    """What the caller is told of a new job."""
    estimated = estimated_time(job.request, environment=job.environment)
    return Accepted(str(job.id), JobState(job.state), estimated, MESSAGE)


async def _whose(session: AsyncSession, caller: Caller, call: ReadCall) -> tuple[Company, Agent]:
    principal, wanted = caller.principal, call.wanted
    company = await company_row(session, principal, uuid_of(wanted.company_id, CompanyNotFound))
    return company, await agent_row(session, principal, company, agent_id=uuid_of(wanted.agent_id, AgentNotFound))


def _asked_for(call: ReadCall) -> dict[str, Any]:
    """What is kept of the request as long as the job: nothing of the call itself."""
    wanted, audio = call.wanted, call.audio
    return {
        "call_type": wanted.call_type,
        "language": wanted.language,
        "mask_personal": wanted.mask_personal,
        "channels": wanted.channels,
        "metadata": wanted.metadata,
        "audio": None if audio is None else "url" if isinstance(audio, AudioUrl) else "bytes",
        "audio_bytes": len(audio.data) if isinstance(audio, AudioBytes) else None,
        "transcript": wanted.transcript is not None,
    }


def _recording(job: AsyncJob, call: ReadCall, *, agent_name: str) -> CallRecording:
    audio, turns = call.audio, call.wanted.transcript
    return CallRecording(
        job_id=job.id,
        tenant_id=job.tenant_id,
        data=audio.data if isinstance(audio, AudioBytes) else None,
        content_type=audio.content_type if isinstance(audio, AudioBytes) else None,
        url=audio.url if isinstance(audio, AudioUrl) else None,
        transcript=None if turns is None else segments_of(turns_of([_named(turn, agent_name) for turn in turns])),
    )


def _named(turn: TurnBody, agent_name: str) -> dict[str, Any]:
    """A turn, in which the agent's own name means the agent."""
    is_agent = (turn.speaker or "").strip().casefold() == agent_name.casefold()
    return turn.model_dump() | ({"speaker": Speaker.AGENT.value} if is_agent else {})
