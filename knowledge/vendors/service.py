"""Vendors: list, make, change, take out of service, count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import Forbidden
from bot.models import Vendor
from bot.tenancy.principal import Principal
from bot.tenancy.scope import may_share
from knowledge.entries import Scope
from knowledge.errors import VendorCodeTaken
from knowledge.repository.changes import Action, Author, hold_vendors
from knowledge.repository.parameters import category_counts
from knowledge.repository.vendors import (
    NewVendor,
    add_vendor,
    bump,
    entry_counts,
    vendor_id_of,
    vendor_row,
    vendor_rows,
)
from knowledge.schemas.vendors import (
    DEFAULT_AUTHOR,
    KnowledgeCounts,
    NewVendorBody,
    StatsView,
    VendorChangeBody,
    VendorView,
)
from knowledge.vendors.changes import fields_of, record


@dataclass(frozen=True, slots=True)
class Vendors:
    """The verbs on vendors. All raise VendorNotFound for one that the principal may not see."""

    database: Database
    clock: Clock

    async def listed(
        self, principal: Principal, *, is_active: bool | None = None, plan: str | None = None
    ) -> list[VendorView]:
        async with self.database.reading() as session:
            rows = await vendor_rows(session, principal, is_active=is_active, plan=plan)
        return [VendorView.of(row) for row in rows]

    async def get(self, principal: Principal, vendor_id: int) -> VendorView:
        async with self.database.reading() as session:
            return VendorView.of(await vendor_row(session, principal, vendor_id))

    async def create(self, principal: Principal, wanted: NewVendorBody) -> VendorView:
        """Raises VendorCodeTaken, and Forbidden for whoever is bound to a vendor."""
        if not may_share(principal):
            raise Forbidden("This credential is bound to one vendor and can't make another.")
        now = self.clock.now()
        async with self.database.unit_of_work() as session:
            if await vendor_id_of(session, principal, wanted.code) is not None:
                raise VendorCodeTaken(wanted.code)
            try:
                vendor_id = await add_vendor(session, principal, NewVendor(**wanted.model_dump()), now=now)
            except IntegrityError:
                # Another request made it between our two statements.
                raise VendorCodeTaken(wanted.code) from None
            row = await vendor_row(session, principal, vendor_id)
            author = Author(principal, wanted.created_by)
            await record(session, row, author, before=None, now=now, action=Action.CREATED)
        return VendorView.of(row)

    async def change(self, principal: Principal, vendor_id: int, wanted: VendorChangeBody) -> VendorView:
        """Change the fields that are given."""
        return VendorView.of(await self._set(principal, vendor_id, wanted.given, said_by=wanted.updated_by))

    async def deactivate(self, principal: Principal, vendor_id: int) -> None:
        """Take the vendor out of service; nothing of it is lost. Once more changes nothing."""
        await self._set(principal, vendor_id, {"is_active": False}, said_by=DEFAULT_AUTHOR, action=Action.DELETED)

    async def stats(self, principal: Principal, vendor_id: int) -> StatsView:
        async with self.database.reading() as session:
            row = await vendor_row(session, principal, vendor_id)
            configs = await category_counts(session, principal, vendor_id)
            entries = await entry_counts(session, principal, vendor_id)
        own, customized = entries.get(Scope.VENDOR, 0), entries.get(Scope.CUSTOMIZED, 0)
        return StatsView(
            vendor=VendorView.of(row),
            config_counts=configs,
            total_configs=sum(configs.values()),
            knowledge=KnowledgeCounts(own + customized, own, customized),
        )

    async def _set(
        self,
        principal: Principal,
        vendor_id: int,
        values: dict[str, object],
        *,
        said_by: str,
        action: Action = Action.UPDATED,
    ) -> Vendor:
        async with self.database.unit_of_work() as session:
            author = Author(principal, said_by)
            return await change_vendor(session, author, vendor_id, values, now=self.clock.now(), action=action)


async def change_vendor(
    session: AsyncSession,
    author: Author,
    vendor_id: int,
    values: Mapping[str, object],
    *,
    now: datetime,
    action: Action = Action.UPDATED,
) -> Vendor:
    """Set fields of a vendor in the caller's transaction, with a record of the change. Raises VendorNotFound."""
    principal = author.principal
    await hold_vendors(session, principal, vendor_id)
    row = await vendor_row(session, principal, vendor_id)
    before = fields_of(row)
    for name, value in values.items():
        setattr(row, name, value)
    if await record(session, row, author, before=before, now=now, action=action):
        row.updated_at, row.updated_by = now, author.said_by
        await session.flush()
        # How to reach the vendor is part of what it answers with.
        await bump(session, principal, Vendor.id == vendor_id)
    return row
