"""HTTP in and out: companies and agents."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web.idempotency import Answer, Work
from bot.web.once import answered_once
from bot.web.openapi import Operation
from bot.web.requests import read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from partner_api.api import Api
from partner_api.companies import repository, service
from partner_api.companies.errors import AgentExists, CompanyNotFound
from partner_api.companies.schemas import (
    Access,
    AgentBody,
    AgentList,
    AgentShown,
    CompaniesQuery,
    CompanyBody,
    CompanyList,
    CompanyShown,
    agent_shown,
    company_listed,
    company_shown,
)
from partner_api.keys.errors import CompanyBound
from partner_api.keys.routes_surface import CALLER
from partner_api.wire import EXAMPLE_ID, PageQuery, uuid_of

CREATED = 201
TAG = "Companies"
COMPANIES = "/api/partner/v1/companies"
AGENTS = f"{COMPANIES}/{{company_id}}/agents"
MESSAGES: Mapping[Access, str] = {
    "all_companies": "This API key has access to all companies",
    "single_company": "This API key has access to a single company",
}

_BODY = {"name": "Test Company", "industry": "retail", "contact_email": "admin@testcompany.com"}
_COMPANY = {"id": EXAMPLE_ID, **_BODY, "created_at": "2026-12-15T10:00:00Z"}
_PAGE = {"total": 1, "limit": 50, "offset": 0}
_AGENT_BODY = {"email": "agent@testcompany.com", "name": "John Doe", "role": "agent"}
_AGENT = {
    "id": "660e8400-e29b-41d4-a716-446655440001",
    "company_id": EXAMPLE_ID,
    **_AGENT_BODY,
    "created_at": "2026-12-15T10:00:00Z",
}

CREATE_COMPANY = Operation(
    summary="Create a company",
    tag=TAG,
    description="Its `id` is the `company_id` of agents and of calls.",
    body=CompanyBody,
    answers={201: CompanyShown},
    errors=(CompanyBound,),
    idempotent=True,
    example=_BODY,
    answer_example=_COMPANY,
)
LIST_COMPANIES = Operation(
    summary="List the companies that the key has access to, the newest first",
    tag=TAG,
    description="`search` is looked for in names and industries, in any case.",
    query=CompaniesQuery,
    answers={200: CompanyList},
    answer_example={
        "companies": [{name: value for name, value in _COMPANY.items() if name != "contact_email"}],
        **_PAGE,
        "partner_access": "all_companies",
        "message": MESSAGES["all_companies"],
    },
)
GET_COMPANY = Operation(
    summary="Get a company",
    tag=TAG,
    answers={200: CompanyShown},
    errors=(CompanyNotFound,),
    answer_example=_COMPANY,
)
CREATE_AGENT = Operation(
    summary="Create an agent of a company",
    tag=TAG,
    description="An e-mail address is taken once in a company, whatever its case.",
    body=AgentBody,
    answers={201: AgentShown},
    errors=(CompanyNotFound, AgentExists),
    idempotent=True,
    example=_AGENT_BODY,
    answer_example=_AGENT,
)
LIST_AGENTS = Operation(
    summary="List a company's agents, the newest first",
    tag=TAG,
    query=PageQuery,
    answers={200: AgentList},
    errors=(CompanyNotFound,),
    answer_example={"agents": [_AGENT], **_PAGE},
)


def company_routes(surface: Surface, api: Api) -> list[Route]:
    """Create and list companies and agents."""
    routes = Companies(api)
    return [
        surface.route("POST", f"{COMPANIES}/create", routes.create, operation=CREATE_COMPANY),
        surface.route("GET", COMPANIES, routes.listed, operation=LIST_COMPANIES),
        surface.route("GET", f"{COMPANIES}/{{company_id}}", routes.get, operation=GET_COMPANY),
        surface.route("POST", f"{AGENTS}/create", routes.create_agent, operation=CREATE_AGENT),
        surface.route("GET", AGENTS, routes.agents, operation=LIST_AGENTS),
    ]


class Companies:
    """The handlers."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def create(self, request: web.Request) -> web.Response:
        caller, wanted = request[CALLER], await read_model(request, CompanyBody)

        async def work(session: AsyncSession) -> Answer:
            row = await service.create_company(session, caller, wanted, clock=self._api.clock)
            return Answer(CREATED, msgspec.json.encode(company_shown(row)))

        return await self._once(request, "POST /companies/create", work)

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = request[CALLER].principal, read_query(request, CompaniesQuery)
        async with self._api.database.reading() as session:
            rows, total = await repository.list_companies(session, principal, query, search=query.search)
        access: Access = "all_companies" if principal.company_id is None else "single_company"
        listed = [company_listed(row) for row in rows]
        return json_response(CompanyList(listed, total, query.limit, query.offset, access, MESSAGES[access]))

    async def get(self, request: web.Request) -> web.Response:
        company_id = uuid_of(request.match_info["company_id"], CompanyNotFound)
        async with self._api.database.reading() as session:
            row = await repository.company_row(session, request[CALLER].principal, company_id)
        return json_response(company_shown(row))

    async def create_agent(self, request: web.Request) -> web.Response:
        caller, company_id = request[CALLER], uuid_of(request.match_info["company_id"], CompanyNotFound)
        wanted = await read_model(request, AgentBody)

        async def work(session: AsyncSession) -> Answer:
            row = await service.create_agent(session, caller, company_id, wanted=wanted, clock=self._api.clock)
            return Answer(CREATED, msgspec.json.encode(agent_shown(row)))

        return await self._once(request, f"POST /companies/{company_id}/agents/create", work)

    async def agents(self, request: web.Request) -> web.Response:
        company_id = uuid_of(request.match_info["company_id"], CompanyNotFound)
        principal, query = request[CALLER].principal, read_query(request, PageQuery)
        async with self._api.database.reading() as session:
            company = await repository.company_row(session, principal, company_id)
            rows, total = await repository.list_agents(session, principal, query, company=company)
        return json_response(AgentList([agent_shown(row) for row in rows], total, query.limit, query.offset))

    async def _once(self, request: web.Request, route: str, work: Work) -> web.Response:
        """Run `work` under the caller's idempotency key. `route` names the company: the same body may go to two."""
        scope = f"{request[CALLER].idempotency_scope}:{route}"
        return await answered_once(request, self._api.idempotency, scope=scope, work=work)
