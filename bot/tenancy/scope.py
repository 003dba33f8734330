"""THE functions that narrow a statement to what a principal may see, and to what it may change."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Delete, Select, Update, and_, exists, or_

from bot.models import Bot, Channel, Company, PartnerApiRequest, Vendor
from bot.models.columns import CompanyOwned, EnvironmentOwned, TenantOwned, VendorOwned, VendorShared
from bot.tenancy.principal import Principal

Owned = type[TenantOwned] | type[Channel] | type[PartnerApiRequest]
Statement = TypeVar("Statement", Select[Any], Update, Delete)


def visible_to(principal: Principal, statement: Statement, *models: Owned) -> Statement:
    """Narrow `statement` so that of each of `models` it only touches rows that the principal may see.

    These are its tenant's, and where it is bound to a vendor, of those its vendor's and the shared
    ones. A channel is shared by the vendors whose bots answer on it. Of what has environments it sees
    its own one, and where it is bound to a company that company's rows. Raises TypeError for a principal
    that is bound to a vendor or company and a model that doesn't know those.
    """
    return _narrowed(principal, statement, models, shared=True)


def changeable_by(principal: Principal, statement: Statement, *models: Owned) -> Statement:
    """Like `visible_to`, but what a tenant's vendors share is no single vendor's to change."""
    return _narrowed(principal, statement, models, shared=False)


def may_share(principal: Principal) -> bool:
    """Whether the principal may make and change what all vendors of its tenant share."""
    return principal.vendor_id is None


def _narrowed(principal: Principal, statement: Statement, models: tuple[Owned, ...], *, shared: bool) -> Statement:
    if principal.tenant_id is None:
        return statement
    for model in models:
        if not (principal.all_companies and issubclass(model, Company | CompanyOwned)):
            statement = statement.where(model.tenant_id == principal.tenant_id)
        if principal.environment is not None and issubclass(model, EnvironmentOwned):
            statement = statement.where(model.environment == principal.environment)
        if principal.company_id is not None:
            statement = statement.where(_of_company(model, principal.company_id))
        if principal.vendor_id is not None:
            statement = statement.where(_of_vendor(model, principal.vendor_id, shared=shared))
    return statement


def _of_company(model: Owned, company_id: uuid.UUID) -> ColumnElement[bool]:
    if issubclass(model, Company):
        return model.id == company_id
    if issubclass(model, CompanyOwned):
        return model.company_id == company_id
    raise TypeError(f"{model.__name__} is no company's, and this principal is bound to one")


def _of_vendor(model: Owned, vendor_id: int, *, shared: bool) -> ColumnElement[bool]:
    if issubclass(model, Vendor):
        return model.id == vendor_id
    if issubclass(model, Channel):
        here = Bot.channel_id == model.id
        theirs = exists().where(here, Bot.vendor_id == vendor_id)
        return theirs if shared else and_(theirs, ~exists().where(here, Bot.vendor_id != vendor_id))
    if issubclass(model, VendorShared):
        own = model.vendor_id == vendor_id
        return or_(own, model.vendor_id.is_(None)) if shared else own
    if issubclass(model, VendorOwned):
        return model.vendor_id == vendor_id
    raise TypeError(f"{model.__name__} is no vendor's, and this principal is bound to one")
