"""HTTP in and out: jobs."""

from __future__ import annotations

import uuid

from aiohttp import web

from bot.web.openapi import Operation
from bot.web.requests import read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from partner_api.api import Api
from partner_api.companies.errors import CompanyNotFound
from partner_api.companies.repository import company_row
from partner_api.jobs import repository, service
from partner_api.jobs.errors import JobEnded, JobNotFound, JobOpen
from partner_api.jobs.schemas import JobList, JobShown, JobsQuery, JobStatus, job_shown, job_status
from partner_api.keys.routes_surface import CALLER
from partner_api.wire import EXAMPLE_ID, uuid_of

TAG = "Jobs"
JOBS = "/api/partner/v1/jobs"
ONE = f"{JOBS}/{{job_id}}"

_JOB = {
    "job_id": "0c8f1d0e-5a44-4b0d-9f5e-6f1a7be0b1f2",
    "job_type": "call_analysis",
    "status": "queued",
    "created_at": "2026-12-15T10:28:00Z",
    "started_at": None,
    "completed_at": None,
    "call_id": "6a0f3b7c-9a5d-4f06-8f3c-2f2c0c6f0d11",
    "company_id": EXAMPLE_ID,
    "agent_id": "660e8400-e29b-41d4-a716-446655440001",
    "call_type": "sales_call",
    "metadata": {"crm": 7},
    "error": None,
}
_OPEN = _JOB | {"estimated_time": "2-3 minutes"}

STATUS = Operation(
    summary="Get a job",
    tag=TAG,
    description="With its results once it is completed, until `results_until`.",
    answers={200: JobStatus},
    errors=(JobNotFound,),
    answer_example=_OPEN,
)
LIST = Operation(
    summary="List jobs, the newest first",
    tag=TAG,
    description="Without their results.",
    query=JobsQuery,
    answers={200: JobList},
    errors=(CompanyNotFound,),
    answer_example={"jobs": [_OPEN], "total": 1, "limit": 50, "offset": 0},
)
CANCEL = Operation(
    summary="Cancel a job",
    tag=TAG,
    description="What it works on is deleted at once, and its callback tells that it was cancelled.",
    answers={200: JobShown},
    errors=(JobNotFound, JobEnded),
    answer_example=_JOB | {"status": "cancelled", "completed_at": "2026-12-15T10:29:00Z"},
)
ERASE = Operation(
    summary="Erase a job's results",
    tag=TAG,
    description="Removes them before `results_until`, from its callbacks as well. Doing it again changes nothing.",
    answers={204: None},
    errors=(JobNotFound, JobOpen),
)


def job_routes(surface: Surface, api: Api) -> list[Route]:
    """Tell of jobs, and cancel them."""
    routes = Jobs(api)
    return [
        surface.route("GET", JOBS, routes.listed, operation=LIST),
        surface.route("GET", f"{ONE}/status", routes.status, operation=STATUS),
        surface.route("POST", f"{ONE}/cancel", routes.cancel, operation=CANCEL),
        surface.route("DELETE", f"{ONE}/results", routes.erase, operation=ERASE),
    ]


class Jobs:
    """The handlers."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def status(self, request: web.Request) -> web.Response:
        # Results may be long, so they are read off the event loop.
        async with self._api.database.reading(heavy=True) as session:
            job = await repository.job_row(session, request[CALLER].principal, _job_id(request), results=True)
        return json_response(job_status(job, self._api.clock.now()))

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = request[CALLER].principal, read_query(request, JobsQuery)
        company_id = None if query.company_id is None else uuid_of(query.company_id, CompanyNotFound)
        async with self._api.database.reading() as session:
            if company_id is not None:
                await company_row(session, principal, company_id)
            rows, total = await repository.list_jobs(
                session, principal, query, state=query.status, company_id=company_id
            )
        now = self._api.clock.now()
        return json_response(JobList([job_shown(row, now) for row in rows], total, query.limit, query.offset))

    async def cancel(self, request: web.Request) -> web.Response:
        api, principal = self._api, request[CALLER].principal
        async with api.database.unit_of_work() as session:
            job, lanes = await service.cancel(
                session, principal, _job_id(request), base_url=api.settings.base_url, now=api.clock.now()
            )
        if lanes:
            api.wake(lanes)
        return json_response(job_shown(job, api.clock.now()))

    async def erase(self, request: web.Request) -> web.Response:
        async with self._api.database.unit_of_work() as session:
            await service.erase(session, request[CALLER].principal, _job_id(request))
        return web.Response(status=204)


def _job_id(request: web.Request) -> uuid.UUID:
    return uuid_of(request.match_info["job_id"], JobNotFound)
