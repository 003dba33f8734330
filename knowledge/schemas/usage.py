"""The wire of `/api/v1/usage`."""

from __future__ import annotations

from datetime import date
from typing import Self

import msgspec
from pydantic import BaseModel, model_validator

from knowledge.schemas.fields import Id

LONGEST_DAYS = 366


class UsageQuery(BaseModel):
    """Which days, both included; the last 30 unless said otherwise."""

    vendor_id: Id | None = None
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and not 0 <= (self.until - self.since).days <= LONGEST_DAYS:
            raise ValueError(f"since must come before until, at most {LONGEST_DAYS} days")
        return self


class Spent(msgspec.Struct):
    """What the language model cost: calls, how many of them failed, tokens, and time in milliseconds."""

    calls: int
    failures: int
    tokens: int
    milliseconds: int


class DaySpent(Spent, kw_only=True):
    """One day's calls for one vendor; `caller` is a bot's id, or `api`."""

    day: date
    vendor_id: int
    caller: str


class UsageAnswer(msgspec.Struct):
    since: date
    until: date
    total: Spent
    items: list[DaySpent]
