"""Knowledge imports: a file or page, the rows found in it, and what became of each."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from bot.db.base import Base, IntKey, UuidKey
from bot.models.columns import TenantOwned, Timestamped, VendorShared


class ImportJob(Base, VendorShared, Timestamped):
    """One import, into one vendor's entries or (with `vendor_id` null) into those that all share.

    `state` is `waiting`, `reading`, `preview`, `importing`, `done`, `failed` or `cancelled`. `data`
    are the bytes that were sent, until they are read. `options` say what to do with duplicates and
    conflicts. `found` is what else is known by now: a title, which version of the knowledge its rows
    were compared with, the values of the error's text. `total` and `done` count the rows of the state
    it is in, `counts` all rows by their states. `error` is the stable code of what made it fail.
    `attempts` counts starts. `staged` tells that entries of it are in the store that nobody sees yet.
    """

    __tablename__ = "import_jobs"

    id: Mapped[UuidKey]
    state: Mapped[str] = mapped_column(String(16), index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    content_type: Mapped[str | None] = mapped_column(String(100))
    url: Mapped[str | None] = mapped_column(Text)
    data: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    format: Mapped[str | None] = mapped_column(String(16))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    staged: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str] = mapped_column(String(120))


class ImportRow(Base, TenantOwned):
    """One row of an import: what was read, what it meets, and what became of it.

    `number` counts the rows of the import. `state` is `new`, `duplicate`, `conflict`, `error`,
    `imported` or `skipped`. `row` holds question, answer, keywords, audience and intents, and with
    `decided` what a person wants done with it; `problem` is the stable code of an error; `meets` are
    the entries and the rows before that say the same or something else. `action` is `add` or
    `replace` once that is being done, and `entry_id` the entry that the row becomes or replaces.
    """

    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    id: Mapped[IntKey]
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_jobs.id"))
    number: Mapped[int]
    place: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(16))
    row: Mapped[dict[str, Any]]
    problem: Mapped[str | None] = mapped_column(String(64))
    meets: Mapped[list[Any]] = mapped_column(default=list)
    action: Mapped[str | None] = mapped_column(String(16))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_entries.id"), index=True)
