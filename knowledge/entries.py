"""What the engine knows of a vendor: plain values, free of the store."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

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


class IntentType(StrEnum):
    """What an intent needs: knowledge, data from the vendor's own system, something done there, or several."""

    KNOWLEDGE = "knowledge"
    DATA_QUERY = "data_query"
    ACTION = "action"
    HYBRID = "hybrid"


# The types for which the vendor's own system may be asked.
CALLING = frozenset({IntentType.DATA_QUERY, IntentType.ACTION, IntentType.HYBRID})


@dataclass(frozen=True, slots=True)
class IntentCard:
    """An enabled intent of a vendor, or one that all its tenant's vendors share.

    `endpoint` is the stored declaration of how the vendor's own system is asked; `secret_box` the
    encrypted secret that such requests are signed with.
    """

    id: int
    name: str
    type: IntentType = IntentType.KNOWLEDGE
    description: str = ""
    examples: tuple[str, ...] = ()
    endpoint: Mapping[str, Any] | None = field(default=None, hash=False)
    secret_box: bytes | None = None


@dataclass(frozen=True, slots=True)
class FoundIntent:
    """An intent that a message holds, and how sure that is (0..1)."""

    id: int
    name: str
    type: IntentType
    confidence: float


@dataclass(frozen=True, slots=True)
class VendorCard:
    """What is asked of a vendor at every question: one row, by primary key."""

    id: int
    tenant_id: uuid.UUID
    name: str
    short_name: str | None
    contact_phone: str | None
    contact_email: str | None
    address: str | None
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
