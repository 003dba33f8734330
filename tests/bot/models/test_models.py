from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, DateTime, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from bot import models
from bot.db.base import Base, UtcDateTime
from bot.models.columns import TenantOwned

TABLES = list(Base.metadata.tables.values())
COLUMNS = [column for table in TABLES for column in table.columns]

# The tables whose rows belong to no tenant, or not always to one, and why.
SHARED = {
    "tenants": "they are what the others belong to",
    "channels": "the central channel serves every tenant",
    "contacts": "a person on the central channel may talk to many tenants' bots",
    "line_events": "whose an event is becomes known when it is worked on",
    "lanes": "an order of work, not anyone's data",
    "deliveries": "kept by channel; its bot says whose it is",
    "delivery_attempts": "a part of its delivery",
    "sent_messages": "LINE's ids of a delivery's messages",
    "claim_attempts": "someone who tries a code belongs to nobody yet",
    "idempotency_records": "kept by credential",
    "partner_api_requests": "a request whose key nobody knows is anybody's",
    "operator_keys": "the operator's own",
}


def test_every_model_is_registered_by_its_package() -> None:
    assert {mapper.class_.__name__ for mapper in Base.registry.mappers} == set(models.__all__)


def test_every_other_row_belongs_to_a_tenant() -> None:
    owned = {mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)}
    assert {table.name for table in TABLES} - {str(table) for table in owned} == set(SHARED)


def test_no_time_is_stored_without_its_zone() -> None:
    assert [str(column) for column in COLUMNS if isinstance(column.type, DateTime)] == []
    assert [str(column) for column in COLUMNS if isinstance(column.type, UtcDateTime)] != []


def leading_columns(table: Table) -> set[str]:
    """The columns that some index of `table` begins with."""
    unique = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint | PrimaryKeyConstraint)]
    return {columns[0].name for columns in (*unique, *(index.columns for index in table.indexes))}


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_reference_can_be_followed_by_an_index(table: Table) -> None:
    lonely = {column.name for column in table.columns if column.foreign_keys} - leading_columns(table)
    assert lonely == NEVER_FOLLOWED.get(table.name, set())


# References that no query follows backwards, to rows that are never removed.
NEVER_FOLLOWED = {"bots": {"partner_id"}, "contacts": {"entered_bot_id"}, "knowledge_entries": {"replaces_id"}}


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_numbers_given_by_the_store_do_not_run_out(table: Table) -> None:
    for column in table.primary_key.columns:
        wide = isinstance(column.type, BigInteger) or not isinstance(column.type, Integer)
        assert wide, f"{column} is 32 bits wide on PostgreSQL: declare it as IntKey"
