"""Lists that are read page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models.columns import TenantOwned
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to

Row = TypeVar("Row", bound=TenantOwned)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is read."""

    limit: int = 50
    offset: int = 0


async def read_page(
    session: AsyncSession,
    principal: Principal,
    model: type[Row],
    page: Page,
    *,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
) -> tuple[list[Row], int]:
    """The page's rows of those that the principal may see, and how many there are in all."""
    statement: Select[Any] = select(model).where(*where).order_by(*order).limit(page.limit).offset(page.offset)
    rows = await session.scalars(visible_to(principal, statement, model))
    counting: Select[Any] = select(func.count()).select_from(model).where(*where)
    total = await session.scalar(visible_to(principal, counting, model))
    return list(rows), total or 0
