"""Intents as the engine knows them: plain values, free of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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
