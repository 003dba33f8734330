"""THE function that narrows a statement to what a principal may see."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Delete, Select, Update

from bot.models.columns import TenantOwned
from bot.tenancy.principal import Principal

Statement = TypeVar("Statement", Select[Any], Update, Delete)


def visible_to(principal: Principal, statement: Statement, *models: type[TenantOwned]) -> Statement:
    """Narrow `statement` so that of each of `models` it only touches the principal's tenant's rows."""
    if principal.tenant_id is None:
        return statement
    for model in models:
        statement = statement.where(model.tenant_id == principal.tenant_id)
    return statement
