"""THE functions that narrow a statement to what a principal may see, and to what it may change."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Delete, Select, Update, and_, exists, or_

from bot.models import Bot, Channel, Vendor
from bot.models.columns import TenantOwned, VendorOwned, VendorShared
from bot.tenancy.principal import Principal

Owned = type[TenantOwned] | type[Channel]
Statement = TypeVar("Statement", Select[Any], Update, Delete)


def visible_to(principal: Principal, statement: Statement, *models: Owned) -> Statement:
    """Narrow `statement` so that of each of `models` it only touches rows that the principal may see.

    These are its tenant's, and where it is bound to a vendor, of those its vendor's and the shared
    ones. A channel is shared by the vendors whose bots answer on it. Raises TypeError for a vendor's
    principal and a model that doesn't know vendors.
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
        statement = statement.where(model.tenant_id == principal.tenant_id)
        if principal.vendor_id is not None:
            statement = statement.where(_of_vendor(model, principal.vendor_id, shared=shared))
    return statement


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
