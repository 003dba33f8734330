"""Statements about the addresses that callbacks go to."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import WebhookEndpoint

_ENDPOINTS = table_of(WebhookEndpoint)
_UNIQUE = (_ENDPOINTS.c.tenant_id, _ENDPOINTS.c.environment, _ENDPOINTS.c.url_hash)
_FIND_OR_ADD = upsert_of(
    WebhookEndpoint,
    lambda insert: (
        insert.values(
            id=bindparam("id"),
            tenant_id=bindparam("tenant_id"),
            environment=bindparam("environment"),
            url=bindparam("url"),
            url_hash=bindparam("url_hash"),
            failures=0,
            created_at=bindparam("created_at"),
        )
        # What is there already is written as it is, so that it comes back.
        .on_conflict_do_update(index_elements=_UNIQUE, set_={"url_hash": bindparam("url_hash")})
        .returning(_ENDPOINTS.c.id)
    ),
)


async def find_or_add(
    session: AsyncSession, tenant_id: uuid.UUID, *, environment: str, url: str, now: datetime
) -> uuid.UUID:
    """The id of the endpoint with this address, one for each tenant and environment."""
    values = {
        "id": uuid.uuid4(),
        "tenant_id": tenant_id,
        "environment": environment,
        "url": url,
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
        "created_at": now,
    }
    row = await run_upsert(session, _FIND_OR_ADD, values)
    found: uuid.UUID = row.id
    return found
