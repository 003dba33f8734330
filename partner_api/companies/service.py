"""The verbs on companies and agents."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Agent, Company
from partner_api.caller import Caller
from partner_api.companies import repository
from partner_api.companies.schemas import AgentBody, CompanyBody
from partner_api.keys.errors import CompanyBound


async def create_company(session: AsyncSession, caller: Caller, wanted: CompanyBody, *, clock: Clock) -> Company:
    """A new company of the caller's partner. Raises CompanyBound for a key that is bound to one."""
    if caller.principal.company_id is not None:
        raise CompanyBound
    now = clock.now()
    company = Company(
        id=uuid.uuid4(),
        tenant_id=caller.principal.tenant_id,
        environment=caller.environment.value,
        name=wanted.name,
        industry=wanted.industry,
        contact_email=wanted.contact_email,
        created_at=now,
        updated_at=now,
    )
    await repository.add_company(session, company)
    return company


async def create_agent(
    session: AsyncSession, caller: Caller, company_id: uuid.UUID, *, wanted: AgentBody, clock: Clock
) -> Agent:
    """A new agent of a company. Raises CompanyNotFound, and AgentExists where its address is taken."""
    company = await repository.company_row(session, caller.principal, company_id)
    now = clock.now()
    agent = Agent(
        id=uuid.uuid4(),
        # A key to everybody's companies makes agents for whoever the company belongs to.
        tenant_id=company.tenant_id,
        environment=company.environment,
        company_id=company.id,
        email=wanted.email,
        name=wanted.name,
        role=wanted.role,
        created_at=now,
        updated_at=now,
    )
    await repository.add_agent(session, agent)
    return agent
