"""The statements behind companies and agents."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.searching import holding
from bot.models import Agent, Company
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from partner_api.companies.errors import AgentExists, AgentNotFound, CompanyNotFound
from partner_api.wire import PageQuery

Row = TypeVar("Row", Company, Agent)


async def company_row(session: AsyncSession, principal: Principal, company_id: uuid.UUID) -> Company:
    """A company. Raises CompanyNotFound for one that isn't there, or that the principal may not see."""
    statement = visible_to(principal, select(Company).where(Company.id == company_id), Company)
    row: Company | None = await session.scalar(statement)
    if row is None:
        raise CompanyNotFound
    return row


async def agent_row(session: AsyncSession, principal: Principal, company: Company, *, agent_id: uuid.UUID) -> Agent:
    """An agent of `company`. Raises AgentNotFound, for another company's as well."""
    statement = select(Agent).where(Agent.id == agent_id, Agent.company_id == company.id)
    row: Agent | None = await session.scalar(visible_to(principal, statement, Agent))
    if row is None:
        raise AgentNotFound
    return row


async def list_companies(
    session: AsyncSession, principal: Principal, page: PageQuery, *, search: str
) -> tuple[list[Company], int]:
    """The page's companies, the newest first, and how many there are."""
    conditions = [holding((Company.name, Company.industry), search)] if search else []
    return await _page(session, principal, Company, page, where=conditions)


async def list_agents(
    session: AsyncSession, principal: Principal, page: PageQuery, *, company: Company
) -> tuple[list[Agent], int]:
    """The page's agents of a company, the newest first, and how many there are."""
    return await _page(session, principal, Agent, page, where=[Agent.company_id == company.id])


async def add_company(session: AsyncSession, company: Company) -> None:
    session.add(company)
    await session.flush()


async def add_agent(session: AsyncSession, agent: Agent) -> None:
    """Raises AgentExists where the company has one with this address. Of many at once, one gets in."""
    session.add(agent)
    try:
        await session.flush()
    except IntegrityError:
        # The company is there and its rows are never deleted, so the address is what is taken.
        raise AgentExists from None


async def _page(
    session: AsyncSession, principal: Principal, model: type[Row], page: PageQuery, *, where: Sequence[Any]
) -> tuple[list[Row], int]:
    statement: Select[Any] = select(model).where(*where).order_by(model.created_at.desc(), model.id)
    rows = await session.scalars(visible_to(principal, statement.limit(page.limit).offset(page.offset), model))
    counting: Select[Any] = select(func.count(model.id)).where(*where)
    return list(rows), await session.scalar(visible_to(principal, counting, model)) or 0
