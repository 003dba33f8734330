"""What Alembic runs for each command: migrations on the connection and transaction that it was given."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from bot.db.base import Json, UtcDateTime
from bot.models import Bot

metadata = Bot.metadata


def render_item(kind: str, item: Any, draft: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain ones below them: a revision must outlive the code's names."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        draft.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    connection: Connection = context.config.attributes["connection"]
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite can't alter most of a table, so a batch copies it there; PostgreSQL alters in place.
        render_as_batch=sqlite and not context.config.attributes.get("first_revision", False),
        render_item=render_item,
        compare_type=True,
    )
    context.run_migrations()
    if sqlite:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration left rows whose references lead nowhere: {broken[:5]}")


run()
