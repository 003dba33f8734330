"""What the engine knows of a vendor: plain values, free of the store."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from knowledge.intents.types import IntentCard
from knowledge.parameters import Parameter


class Scope(StrEnum):
    """Whose an entry is; earlier members win over later ones."""

    CUSTOMIZED = "customized"
    VENDOR = "vendor"
    GLOBAL = "global"


class Audience(StrEnum):
    ALL = "all"
    RENTER = "renter"
    STAFF = "staff"


# Staff may read what customers are told; customers don't see what is meant for staff.
AUDIENCES = {
    Audience.ALL: frozenset({Audience.ALL}),
    Audience.RENTER: frozenset({Audience.ALL, Audience.RENTER}),
    Audience.STAFF: frozenset({Audience.ALL, Audience.RENTER, Audience.STAFF}),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A knowledge entry that one vendor's answers may be drawn from.

    `intents` are the ids of the intents it serves. A curated one is said word for word.
    """

    id: int
    scope: Scope
    question: str
    answer: str
    keywords: str = ""
    audience: Audience = Audience.ALL
    intents: tuple[int, ...] = ()
    is_curated: bool = False


@dataclass(frozen=True, slots=True)
class VendorCard:
    """What is asked of a vendor at every question: one row, by primary key."""

    id: int
    tenant_id: uuid.UUID
    name: str
    short_name: str | None
    contact_phone: str | None
    is_active: bool
    knowledge_version: int

    @property
    def called(self) -> str:
        """The name that its customers know."""
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class VendorKnowledge:
    """Everything of a vendor that is held in memory, as of one version. `vectors` are the rows' blobs."""

    version: int
    parameters: dict[str, Parameter]
    entries: tuple[Entry, ...]
    vectors: tuple[bytes | None, ...]
    intents: tuple[IntentCard, ...] = ()
