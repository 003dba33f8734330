"""HTTP in and out: calls."""

from __future__ import annotations

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web.idempotency import Answer, idempotency_key
from bot.web.once import answered_once
from bot.web.openapi import Operation
from bot.web.requests import read_json_body
from bot.web.surface import Limits, Route, Surface
from bot.webhooks.errors import UnsafeAddress
from partner_api.api import Api
from partner_api.calls import service
from partner_api.calls.audio import AudioUrl
from partner_api.calls.errors import AudioTooLarge, IntakeBusy, UnsupportedAudio
from partner_api.calls.intake import Intake, ReadCall
from partner_api.calls.schemas import Accepted, AnalyzeBody
from partner_api.companies.errors import AgentNotFound, CompanyNotFound
from partner_api.jobs.errors import TooManyJobs
from partner_api.jobs.states import lane_of
from partner_api.keys.routes_surface import CALLER

ACCEPTED = 202
PATH = "/api/partner/v1/calls/analyze"
# 25 MiB of audio are 35 million characters of base64, some of which other languages' JSON writes as escapes.
LIMITS = Limits(body_bytes=40 * 1024 * 1024, body_seconds=120, handler_seconds=180)
ANALYZE = Operation(
    summary="Analyse a call",
    tag="Calls",
    description="`audio_file` is a recording in base64, a data URL with one, or an http(s) URL of one; `transcript` is "
    "what was said, as lines `Agent: ...` or as a list. With both, the words are the transcript's and the tone is the "
    "recording's. The answer names a job: ask for its status, or give a `webhook_url` to be told of its end.",
    body=AnalyzeBody,
    answers={202: Accepted},
    errors=(UnsupportedAudio, UnsafeAddress, CompanyNotFound, AgentNotFound, AudioTooLarge, TooManyJobs, IntakeBusy),
    idempotent=True,
    example={
        "transcript": "Agent: Thank you for calling. How can I help?\nCustomer: What does the larger plan cost?",
        "company_id": "550e8400-e29b-41d4-a716-446655440000",
        "agent_id": "660e8400-e29b-41d4-a716-446655440001",
        "call_type": "sales_call",
    },
    answer_example={
        "job_id": "0c8f1d0e-5a44-4b0d-9f5e-6f1a7be0b1f2",
        "status": "queued",
        "estimated_time": "2-3 minutes",
        "message": service.MESSAGE,
    },
)


def call_routes(surface: Surface, api: Api) -> list[Route]:
    """Accept calls for analysis."""
    return [surface.route("POST", PATH, Calls(api).analyze, limits=LIMITS, operation=ANALYZE)]


class Calls:
    """The handler."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._intake = Intake()

    async def analyze(self, request: web.Request) -> web.Response:
        # What can't be read as a key is refused before a large body is waited for.
        idempotency_key(request.headers)
        async with self._intake.arriving(request[CALLER].partner_id, request.content_length):
            body = await read_json_body(request)
            async with self._intake.working(len(body)):
                call = await self._intake.read(body)
                self._check_addresses(call)
                return await self._accept(request, call)

    def _check_addresses(self, call: ReadCall) -> None:
        """Raises UnsafeAddress at once for what can be seen to be unusable; the sender looks again."""
        if isinstance(call.audio, AudioUrl):
            self._api.sender.check(call.audio.url)
        if call.wanted.webhook_url is not None:
            self._api.sender.check(call.wanted.webhook_url)

    async def _accept(self, request: web.Request, call: ReadCall) -> web.Response:
        caller = request[CALLER]
        lanes: list[str] = []

        async def work(session: AsyncSession) -> Answer:
            job = await service.accept(session, caller, call, clock=self._api.clock)
            lanes.append(lane_of(job.id))
            return Answer(ACCEPTED, msgspec.json.encode(service.accepted(job)))

        scope = f"{caller.idempotency_scope}:POST /calls/analyze"
        response = await answered_once(request, self._api.idempotency, scope=scope, work=work, digest=call.digest)
        if lanes:
            self._api.wake(lanes)
        return response
