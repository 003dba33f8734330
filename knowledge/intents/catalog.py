"""The verbs on intents. Each works in the caller's transaction and leaves a record of the change."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Intent, Vendor
from bot.security.box import SecretBox
from bot.tenancy.scope import may_share
from bot.webhooks.signing import SECRET_PREFIX
from knowledge.entries import CALLING, IntentType
from knowledge.errors import IntentNameTaken, NothingToSign, SharedIsReadOnly, TooManyExamples, UncallableIntent
from knowledge.naming import name_key
from knowledge.repository.changes import Action, Author, Change, Subject, hold_vendors, record
from knowledge.repository.intents import delete_intent, intent_row, names_in_use
from knowledge.repository.vendors import bump, seen_vendor

MAX_EXAMPLES = 200
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewIntent:
    """An intent to add: shared by all vendors where `vendor_id` is None."""

    name: str
    vendor_id: int | None = None
    type: IntentType = IntentType.KNOWLEDGE
    description: str = ""
    examples: Sequence[str] = ()
    is_enabled: bool = True
    endpoint: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """An intent as it is now; `secret` is the signing secret where this call made one, shown this once."""

    row: Intent
    secret: str | None = field(default=None, repr=False)


def open_secret(box: SecretBox, intent_id: int, sealed: bytes) -> str:
    """The `whsec_` secret that requests to an intent's endpoint are signed with. Raises BoxError."""
    return box.open(sealed, context=_context(intent_id)).decode()


async def create(session: AsyncSession, author: Author, new: NewIntent, *, box: SecretBox, now: datetime) -> Saved:
    """Add an intent.

    Raises VendorNotFound, IntentNameTaken, UncallableIntent, and SharedIsReadOnly for a shared one by
    whoever is bound to a vendor.
    """
    principal = author.principal
    if new.vendor_id is None and not may_share(principal):
        raise SharedIsReadOnly
    vendor = await seen_vendor(session, principal, new.vendor_id) if new.vendor_id is not None else None
    await hold_vendors(session, principal, new.vendor_id)
    row = Intent(
        tenant_id=vendor.tenant_id if vendor else principal.tenant_id, vendor_id=new.vendor_id, name=new.name,
        type=new.type.value, description=new.description, examples=distinct(new.examples),
        is_enabled=new.is_enabled, endpoint=dict(new.endpoint) if new.endpoint else None,
        created_at=now, updated_at=now,
    )  # fmt: skip
    await _check(session, author, row)
    session.add(row)
    await session.flush()
    secret = _seal_new(row, box) if row.endpoint else None
    await record(session, author, Change(Subject.INTENT, row.id, Action.CREATED, None, state_of(row)), of=row, now=now)
    await _raise_versions(session, author, row)
    return Saved(row, secret)


async def update(
    session: AsyncSession, author: Author, intent_id: int, *, given: Mapping[str, Any], box: SecretBox, now: datetime
) -> Saved:
    """Change the given columns (name, type, description, examples, is_enabled, endpoint).

    An endpoint that is set where there was none gets a new secret, one that is removed takes its secret
    along. Raises IntentNotFound, IntentNameTaken, UncallableIntent, TooManyExamples and SharedIsReadOnly.
    """
    row = await _held(session, author, intent_id)
    before = state_of(row)
    for name, value in given.items():
        setattr(row, name, distinct(value) if name == "examples" else value)
    with session.no_autoflush:
        await _check(session, author, row)
    secret = None
    if row.endpoint is None:
        row.endpoint_secret_box = None
    elif row.endpoint_secret_box is None:
        secret = _seal_new(row, box)
    change = Change(Subject.INTENT, row.id, Action.UPDATED, before, state_of(row))
    if await record(session, author, change, of=row, now=now):
        row.updated_at = now
        await _raise_versions(session, author, row)
    return Saved(row, secret)


async def add_examples(
    session: AsyncSession, author: Author, intent_id: int, *, examples: Sequence[str], box: SecretBox, now: datetime
) -> Saved:
    """Add examples to those that there are. Raises what `update` does."""
    row = await _held(session, author, intent_id)
    given = {"examples": [*row.examples, *examples]}
    return await update(session, author, intent_id, given=given, box=box, now=now)


async def rotate_secret(
    session: AsyncSession, author: Author, intent_id: int, *, box: SecretBox, now: datetime
) -> Saved:
    """Replace the endpoint's signing secret at once. Raises IntentNotFound, NothingToSign and SharedIsReadOnly."""
    row = await _held(session, author, intent_id)
    if row.endpoint is None:
        raise NothingToSign
    secret = _seal_new(row, box)
    row.updated_at = now
    # The record tells that there is a new secret, and nothing about it.
    changed = Change(Subject.INTENT, row.id, Action.UPDATED, {}, {"endpoint_secret": "rotated"})
    await record(session, author, changed, of=row, now=now)
    await _raise_versions(session, author, row)
    return Saved(row, secret)


async def remove(session: AsyncSession, author: Author, intent_id: int, *, now: datetime) -> None:
    """Delete an intent; entries that served it don't any more. Raises IntentNotFound and SharedIsReadOnly."""
    row = await _held(session, author, intent_id)
    await record(session, author, Change(Subject.INTENT, row.id, Action.DELETED, state_of(row)), of=row, now=now)
    await _raise_versions(session, author, row)
    await delete_intent(session, author.principal, intent_id, now=now)


def state_of(row: Intent) -> dict[str, Any]:
    """The intent's fields as the record of changes keeps them; the secret isn't among them."""
    return {
        "name": row.name, "type": row.type, "description": row.description, "examples": list(row.examples),
        "enabled": row.is_enabled, "vendor_id": row.vendor_id, "endpoint": row.endpoint,
    }  # fmt: skip


def distinct(examples: Sequence[str]) -> list[str]:
    """The examples without those that say the same in another case, width or spacing, in their order."""
    return list({name_key(text): text for text in reversed(examples)}.values())[::-1]


async def _held(session: AsyncSession, author: Author, intent_id: int) -> Intent:
    """The intent, to be changed, with its vendors held."""
    row = await intent_row(session, author.principal, intent_id)
    if row.vendor_id is None and not may_share(author.principal):
        raise SharedIsReadOnly
    await hold_vendors(session, author.principal, row.vendor_id)
    return await intent_row(session, author.principal, intent_id)


async def _check(session: AsyncSession, author: Author, row: Intent) -> None:
    if len(row.examples) > MAX_EXAMPLES:
        raise TooManyExamples(MAX_EXAMPLES)
    if row.endpoint is not None and IntentType(row.type) not in CALLING:
        raise UncallableIntent
    taken = await names_in_use(session, author.principal, vendor_id=row.vendor_id)
    if any(at != row.id and name_key(name) == name_key(row.name) for at, name in taken):
        raise IntentNameTaken(row.name)


def _seal_new(row: Intent, box: SecretBox) -> str:
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
    row.endpoint_secret_box = box.seal(secret.encode(), context=_context(row.id))
    return secret


def _context(intent_id: int) -> bytes:
    return f"intent:{intent_id}".encode()


async def _raise_versions(session: AsyncSession, author: Author, row: Intent) -> None:
    await bump(session, author.principal, *(() if row.vendor_id is None else (Vendor.id == row.vendor_id,)))
