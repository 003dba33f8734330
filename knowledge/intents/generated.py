"""A language model's opinion on what a message is for, where the embedded classifier is unsure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import structlog

from bot.llm.port import LanguageModel, LlmError, Prompt
from knowledge.entries import FoundIntent, IntentCard
from knowledge.intents.recognition import Recognised

# What a model's choice counts for: it names intents, but gives no probability of its own.
CONFIDENCE = 0.9
MOST_INTENTS = 5
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)

logger = structlog.get_logger(__name__)


async def recognise(
    llm: LanguageModel, prompt: Prompt, cards: Sequence[IntentCard], *, within: float
) -> Recognised | None:
    """What the model says that the message holds; None where it doesn't answer, or not in the form asked for.

    `prompt` numbers `cards` from 1. Never raises.
    """
    try:
        completion = await llm.complete(prompt, within=within)
    except LlmError as error:
        logger.warning("knowledge.intent_llm_failed", error=type(error).__name__, reason=str(error))
        return None
    numbers = _numbers(completion.text)
    if numbers is None or any(not 1 <= number <= len(cards) for number in numbers):
        logger.warning("knowledge.intent_llm_refused")
        return None
    chosen = [cards[number - 1] for number in dict.fromkeys(numbers)][:MOST_INTENTS]
    found = tuple(FoundIntent(card.id, card.name, card.type, CONFIDENCE) for card in chosen)
    return Recognised(found, in_scope=CONFIDENCE if found else 1 - CONFIDENCE, is_sure=True)


def _numbers(text: str) -> list[int] | None:
    """The numbers of `{"intents": [1, 3]}`, also where words stand around it; None for anything else."""
    found = _OBJECT.search(text)
    try:
        value = json.loads(found[0]) if found else None
    except ValueError:
        return None
    numbers = value.get("intents") if isinstance(value, dict) else None
    if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
        return None
    return numbers
