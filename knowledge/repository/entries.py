"""Statements about knowledge entries, and all that one vendor's answers may be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.models import KnowledgeChange, KnowledgeEntry, Vendor
from bot.tenancy.principal import Principal
from bot.tenancy.scope import may_share, visible_to
from knowledge.contact import with_contact
from knowledge.entries import Audience, Entry, Scope, VendorKnowledge
from knowledge.errors import EntryNotFound, SharedIsReadOnly
from knowledge.repository.changes import Action, Subject
from knowledge.repository.intents import intents_of
from knowledge.repository.parameters import parameters_of
from knowledge.repository.vendors import bump, seen_vendor, within_tenant_of


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to add: global where `vendor_id` is None, else that vendor's own."""

    question: str
    answer: str
    vendor_id: int | None = None
    keywords: str = ""
    audience: Audience = Audience.ALL
    intent_ids: tuple[int, ...] = ()
    is_curated: bool = False
    is_active: bool = True
    origin: str = "manual"


# The origin of an entry that an import brings in: switched off, and unseen until the whole import is there.
STAGED = "staged"
# A deleted entry's row stays, switched off, for those that refer to it; the record of changes says so.
EXISTING = or_(
    KnowledgeEntry.is_active,
    and_(
        KnowledgeEntry.origin != STAGED,
        ~exists().where(
            KnowledgeChange.subject == Subject.ENTRY.value,
            KnowledgeChange.subject_id == KnowledgeEntry.id,
            KnowledgeChange.action == Action.DELETED.value,
        ),
    ),
)


async def knowledge_of(session: AsyncSession, principal: Principal, vendor_id: int) -> VendorKnowledge:
    """The vendor's active parameters and entries; customized entries hide what they replace.

    Raises VendorNotFound. The version is read first: what changes meanwhile is at worst read twice.
    """
    vendor = await seen_vendor(session, principal, vendor_id)
    within = within_tenant_of(principal, vendor)
    own = {item.key: item for item in await parameters_of(session, within, vendor_id)}
    parameters = with_contact(vendor, own)
    rank = case({scope.value: at for at, scope in enumerate(Scope)}, value=KnowledgeEntry.scope, else_=len(Scope))
    active = select(KnowledgeEntry).where(KnowledgeEntry.is_active).order_by(rank, KnowledgeEntry.id)
    rows: list[KnowledgeEntry] = []
    # Two statements, since SQLite answers an OR of the two by reading every entry of the tenant.
    for which in (KnowledgeEntry.vendor_id == vendor_id, _shared_with(vendor_id)):
        rows += await session.scalars(visible_to(within, active.where(which), KnowledgeEntry))
    entries = tuple(_entry(row) for row in rows)
    vectors = tuple(row.vector for row in rows)
    intents = tuple(await intents_of(session, within, vendor_id))
    return VendorKnowledge(vendor.knowledge_version, parameters, entries, vectors, intents)


async def entry_row(
    session: AsyncSession, principal: Principal, entry_id: int, *, or_deleted: bool = False
) -> KnowledgeEntry:
    """An entry, active or not. Raises EntryNotFound for one that isn't there, was deleted or is another's."""
    statement = select(KnowledgeEntry).where(KnowledgeEntry.id == entry_id)
    found = statement if or_deleted else statement.where(EXISTING)
    fresh = found.execution_options(populate_existing=True)
    row: KnowledgeEntry | None = await session.scalar(visible_to(principal, fresh, KnowledgeEntry))
    if row is None:
        raise EntryNotFound
    return row


async def version_of(session: AsyncSession, principal: Principal, entry_id: int, *, vendor_id: int) -> int | None:
    """The id of the entry by which this vendor replaced the global one; None where it didn't."""
    statement = select(KnowledgeEntry.id).where(
        KnowledgeEntry.replaces_id == entry_id, KnowledgeEntry.vendor_id == vendor_id, EXISTING
    )
    found: int | None = await session.scalar(visible_to(principal, statement.limit(1), KnowledgeEntry))
    return found


async def raise_versions(session: AsyncSession, principal: Principal, row: KnowledgeEntry) -> None:
    """Have every process read the knowledge of those vendors anew that the entry concerns."""
    await bump(session, principal, *(() if row.vendor_id is None else (Vendor.id == row.vendor_id,)))


async def store_vectors(session: AsyncSession, principal: Principal, blobs: Mapping[int, bytes]) -> None:
    """Keep entries' vectors with their rows. This changes no answer and so no version."""
    for entry_id, blob in blobs.items():
        statement = update(KnowledgeEntry).where(KnowledgeEntry.id == entry_id).values(vector=blob)
        await session.execute(visible_to(principal, statement, KnowledgeEntry))


async def add_entry(session: AsyncSession, principal: Principal, new: NewEntry, *, now: datetime) -> int:
    """Add an entry and return its id.

    Raises VendorNotFound, and SharedIsReadOnly for a global entry by whoever is bound to a vendor. A
    global entry needs a principal with a tenant.
    """
    if new.vendor_id is None and not may_share(principal):
        raise SharedIsReadOnly
    vendor = await seen_vendor(session, principal, new.vendor_id) if new.vendor_id is not None else None
    tenant_id = vendor.tenant_id if vendor else principal.tenant_id
    if tenant_id is None:
        raise ValueError("a global entry belongs to a tenant, and this principal has none")
    entry = KnowledgeEntry(
        tenant_id=tenant_id, vendor_id=new.vendor_id, scope=(Scope.VENDOR if vendor else Scope.GLOBAL).value,
        question_summary=new.question, answer=new.answer, keywords=new.keywords, audience=new.audience.value,
        intent_ids=list(new.intent_ids), is_curated=new.is_curated, is_active=new.is_active,
        origin=new.origin, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(entry)
    await session.flush()
    if vendor:
        await bump(session, within_tenant_of(principal, vendor), Vendor.id == vendor.id)
    else:
        await bump(session, principal)
    return entry.id


async def customise(session: AsyncSession, principal: Principal, entry_id: int, new: NewEntry, *, now: datetime) -> int:
    """Give `new.vendor_id` its own wording of the global entry `entry_id`, and return the new entry's id.

    Raises VendorNotFound, and EntryNotFound where there is no such global entry of that vendor's tenant.
    """
    if new.vendor_id is None:
        raise ValueError("a customized entry belongs to a vendor")
    within = within_tenant_of(principal, await seen_vendor(session, principal, new.vendor_id))
    statement = select(KnowledgeEntry.id).where(
        KnowledgeEntry.id == entry_id, KnowledgeEntry.scope == Scope.GLOBAL.value
    )
    if await session.scalar(visible_to(within, statement, KnowledgeEntry)) is None:
        raise EntryNotFound
    added = await add_entry(session, within, new, now=now)
    change = update(KnowledgeEntry).where(KnowledgeEntry.id == added)
    values = {"scope": Scope.CUSTOMIZED.value, "replaces_id": entry_id}
    await session.execute(visible_to(within, change.values(values), KnowledgeEntry))
    return added


def seen_by_vendor(vendor_id: int) -> ColumnElement[bool]:
    """The condition for a vendor's own entries and the global ones that it hasn't replaced."""
    return or_(KnowledgeEntry.vendor_id == vendor_id, _shared_with(vendor_id))


def _shared_with(vendor_id: int) -> ColumnElement[bool]:
    """The condition for the global entries that a vendor hasn't replaced."""
    shared = and_(KnowledgeEntry.scope == Scope.GLOBAL.value, KnowledgeEntry.vendor_id.is_(None))
    hiding = aliased(KnowledgeEntry)
    hidden = select(hiding.replaces_id).where(
        hiding.vendor_id == vendor_id, hiding.is_active, hiding.replaces_id.is_not(None)
    )
    return and_(shared, KnowledgeEntry.id.not_in(hidden))


def _entry(row: KnowledgeEntry) -> Entry:
    return Entry(
        id=row.id, scope=Scope(row.scope), question=row.question_summary, answer=row.answer,
        keywords=row.keywords, audience=Audience(row.audience), intents=tuple(row.intent_ids),
        is_curated=row.is_curated,
    )  # fmt: skip
