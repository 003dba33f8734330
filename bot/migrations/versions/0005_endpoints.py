"""an endpoint is an address without its query"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from yarl import URL

from bot.migrations import partner_functions

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Attempts of a callback that is still open are kept: whatever goes on with it writes what became of the last one.
CLEAN_UP = partner_functions.CLEAN_UP.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "DELETE FROM webhook_logs w WHERE w.created_at < oldest;",
    """DELETE FROM webhook_logs w WHERE w.created_at < oldest
        AND NOT EXISTS (SELECT FROM webhook_deliveries o WHERE o.id = w.delivery_id AND o.ended_at IS NULL);""",
)

_ENDPOINTS = sa.table(
    "webhook_endpoints",
    *(sa.column(name) for name in ("id", "tenant_id", "environment", "url", "url_hash", "created_at")),
)
_DELIVERIES = sa.table("webhook_deliveries", *(sa.column(name) for name in ("endpoint_id", "webhook_url")))


def upgrade() -> None:
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("webhook_url", sa.Text(), nullable=True))
    url = sa.select(_ENDPOINTS.c.url).where(_ENDPOINTS.c.id == _DELIVERIES.c.endpoint_id).scalar_subquery()
    op.execute(_DELIVERIES.update().values(webhook_url=url))
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.alter_column("webhook_url", existing_type=sa.Text(), nullable=False)
    connection = op.get_bind()
    for row, address in _renamed(connection.execute(sa.select(_ENDPOINTS)).all()):
        named = {"url": address, "url_hash": hashlib.sha256(address.encode()).hexdigest()}
        connection.execute(_ENDPOINTS.update().where(_ENDPOINTS.c.id == row.id).values(named))
    if connection.dialect.name == "postgresql":
        op.execute(CLEAN_UP)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(partner_functions.CLEAN_UP.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_column("webhook_url")


def _renamed(rows: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """The endpoints that take the address without a query, which of several is the newest.

    The others stay as they are, with the deliveries that they have; new ones don't come to them.
    """
    taken = {(row.tenant_id, row.environment, row.url) for row in rows}
    for row in sorted(rows, key=lambda row: row.created_at, reverse=True):
        address = _address(row.url)
        if (row.tenant_id, row.environment, address) not in taken:
            taken.add((row.tenant_id, row.environment, address))
            yield row, address


def _address(url: str) -> str:
    try:
        found = URL(url)
        return f"{found.origin()}{found.raw_path}"
    except ValueError:
        return url
