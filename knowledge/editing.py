"""The verbs on knowledge entries. Each works in the caller's transaction and leaves a record of the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import KnowledgeEntry
from bot.tenancy.principal import Principal
from bot.tenancy.scope import may_share
from knowledge import keywords, repository, sentences
from knowledge.entries import Audience, Scope
from knowledge.errors import AlreadyCustomized, EntryNotFound, NoSuchIntent, SharedIsReadOnly
from knowledge.naming import name_key
from knowledge.parameters import Parameters, keys_in
from knowledge.repository.changes import Action, Author, Change, Subject, hold_vendors, record
from knowledge.repository.entries import NewEntry, entry_row, raise_versions, version_of
from knowledge.repository.intents import names_in_use
from knowledge.repository.parameters import parameters_of, vendors_without
from knowledge.repository.vendors import within_tenant_of
from knowledge.suggesting import Suggestion, suggest

MOST_CODES = 5
# Weighing the figures of a sentence against each other takes long where there are hundreds of them.
LONGEST_SENTENCE = 300
CHANGEABLE = ("question_summary", "answer", "keywords", "audience", "intent_ids", "is_curated", "is_active")


async def create(session: AsyncSession, author: Author, new: NewEntry, *, now: datetime) -> KnowledgeEntry:
    """Add an entry: global where `new.vendor_id` is None, else that vendor's own.

    Raises VendorNotFound, NoSuchIntent, and SharedIsReadOnly for a global entry by whoever is bound to a vendor.
    """
    if new.vendor_id is None and not may_share(author.principal):
        raise SharedIsReadOnly
    await hold_vendors(session, author.principal, new.vendor_id)
    await _check_intents(session, author.principal, new.intent_ids, vendor_id=new.vendor_id)
    entry_id = await repository.add_entry(session, author.principal, new, now=now)
    return await _recorded(session, author, entry_id, action=Action.CREATED, now=now)


async def customize(
    session: AsyncSession, author: Author, entry_id: int, *, given: Mapping[str, Any], vendor_id: int, now: datetime
) -> KnowledgeEntry:
    """Give a vendor its own version of a global entry, which then hides that one from its answers.

    `given` holds fields of CHANGEABLE; the others are the global entry's. Raises EntryNotFound,
    VendorNotFound, NoSuchIntent, and AlreadyCustomized where the vendor has one.
    """
    await hold_vendors(session, author.principal, vendor_id)
    shared = await entry_row(session, author.principal, entry_id)
    if shared.scope != Scope.GLOBAL.value:
        raise EntryNotFound("Only global entries can be customized, and this one is a vendor's own.")
    own = await version_of(session, author.principal, entry_id, vendor_id=vendor_id)
    if own is not None:
        raise AlreadyCustomized(own)
    new = _version_of(shared, given, vendor_id=vendor_id)
    await _check_intents(session, author.principal, new.intent_ids, vendor_id=vendor_id)
    added = await repository.customise(session, author.principal, entry_id, new, now=now)
    return await _recorded(session, author, added, action=Action.CUSTOMIZED, now=now)


async def update(
    session: AsyncSession, author: Author, entry_id: int, *, given: Mapping[str, Any], now: datetime
) -> KnowledgeEntry:
    """Change the fields in `given` (of CHANGEABLE). What changes nothing leaves no trace.

    Raises EntryNotFound, NoSuchIntent, and SharedIsReadOnly for a global entry by whoever is bound to a vendor.
    """
    row = await _held(session, author, entry_id)
    if "intent_ids" in given:
        await _check_intents(session, author.principal, given["intent_ids"], vendor_id=row.vendor_id)
    before = state_of(row)
    for name, value in given.items():
        setattr(row, name, keywords.join(value) if name == "keywords" else value)
    change = Change(Subject.ENTRY, row.id, Action.UPDATED, before, state_of(row))
    if await record(session, author, change, of=row, now=now):
        row.updated_at = now
        await raise_versions(session, within_tenant_of(author.principal, row), row)
    return row


async def remove(session: AsyncSession, author: Author, entry_id: int, *, now: datetime) -> KnowledgeEntry:
    """Delete an entry: no answer and no list has it any more, its history stays.

    With a customized entry gone, its vendor's answers come from the global one again. Raises
    EntryNotFound, and SharedIsReadOnly for a global entry by whoever is bound to a vendor.
    """
    row = await _held(session, author, entry_id)
    change = Change(Subject.ENTRY, row.id, Action.DELETED, state_of(row))
    row.is_active, row.updated_at = False, now
    await record(session, author, change, of=row, now=now)
    await raise_versions(session, within_tenant_of(author.principal, row), row)
    return row


async def intent_ids_named(
    session: AsyncSession, principal: Principal, named: Sequence[str | int], *, vendor_id: int | None
) -> list[int]:
    """The ids of intents given by name or id, each once; a vendor's own intent wins over a shared one of its name.

    Raises NoSuchIntent.
    """
    usable = await names_in_use(session, principal, vendor_id=vendor_id, with_shared=True)
    by_name = {name_key(name): at for at, name in reversed(usable)}
    known = {at for at, _ in usable}
    ids: list[int] = []
    for one in named:
        found = by_name.get(name_key(one)) if isinstance(one, str) else one
        if found is None or found not in known:
            raise NoSuchIntent(one)
        ids.append(found)
    return list(dict.fromkeys(ids))


async def warnings_about(session: AsyncSession, principal: Principal, row: KnowledgeEntry) -> list[str]:
    """What is accepted in an entry and still costs sentences: placeholders without a value, one text each."""
    within = within_tenant_of(principal, row)
    lacking = await vendors_without(session, within, keys_in(row.answer), vendor_id=row.vendor_id)
    return [_warning(key, codes, shared=row.vendor_id is None) for key, codes in lacking.items()]


async def values_of(session: AsyncSession, principal: Principal, row: KnowledgeEntry) -> Parameters:
    """The values that an entry's text could use: its vendor's; none for a shared one, whose values differ."""
    if row.vendor_id is None:
        return {}
    within = within_tenant_of(principal, row)
    return {item.key: item for item in await parameters_of(session, within, row.vendor_id)}


def suggestions_for(row: KnowledgeEntry, parameters: Parameters) -> tuple[Suggestion, ...]:
    """Where the entry writes out a value that its vendor has. CPU work: keep it off the event loop."""
    if not parameters or any(len(one) > LONGEST_SENTENCE for one in sentences.split(row.answer)):
        return ()
    return suggest(row.answer, parameters, topic=row.question_summary)


def state_of(row: KnowledgeEntry) -> dict[str, Any]:
    """The entry's fields as the record of changes and the wire know them."""
    return {
        "question_summary": row.question_summary, "answer": row.answer, "scope": row.scope,
        "vendor_id": row.vendor_id, "audience": row.audience, "intent_ids": list(row.intent_ids),
        "keywords": keywords.split(row.keywords), "is_curated": row.is_curated, "is_active": row.is_active,
        "replaces_id": row.replaces_id, "origin": row.origin,
    }  # fmt: skip


async def _held(session: AsyncSession, author: Author, entry_id: int) -> KnowledgeEntry:
    """The entry, to be changed, with its vendors held."""
    row = await entry_row(session, author.principal, entry_id)
    if row.vendor_id is None and not may_share(author.principal):
        raise SharedIsReadOnly
    await hold_vendors(session, within_tenant_of(author.principal, row), row.vendor_id)
    return await entry_row(session, author.principal, entry_id)


async def _recorded(
    session: AsyncSession, author: Author, entry_id: int, *, action: Action, now: datetime
) -> KnowledgeEntry:
    row = await entry_row(session, author.principal, entry_id)
    await record(session, author, Change(Subject.ENTRY, row.id, action, None, state_of(row)), of=row, now=now)
    return row


def _version_of(shared: KnowledgeEntry, given: Mapping[str, Any], *, vendor_id: int) -> NewEntry:
    values = {name: given.get(name, value) for name, value in state_of(shared).items()}
    return NewEntry(
        values["question_summary"], values["answer"], vendor_id, keywords.join(values["keywords"]),
        Audience(values["audience"]), intent_ids=tuple(values["intent_ids"]), is_curated=values["is_curated"],
        is_active=given.get("is_active", True),
    )  # fmt: skip


async def _check_intents(
    session: AsyncSession, principal: Principal, ids: Sequence[int], *, vendor_id: int | None
) -> None:
    if ids:
        await intent_ids_named(session, principal, ids, vendor_id=vendor_id)


def _warning(key: str, codes: Sequence[str], *, shared: bool) -> str:
    consequence = "sentences with it are left out of the answers."
    if not shared:
        return f"{{{{{key}}}}} is no parameter of this vendor with a value: {consequence}"
    named = ", ".join(codes[:MOST_CODES]) + (f" and {len(codes) - MOST_CODES} more" if len(codes) > MOST_CODES else "")
    return f"{{{{{key}}}}} has no value for {named}: there, {consequence}"
