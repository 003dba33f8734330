"""Answers worded by a language model from the same material, refused unless they are grounded in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import structlog

from bot.llm.port import LanguageModel, LlmError, Prompt
from knowledge import grounding, orders, prompts
from knowledge.composing import reciting
from knowledge.retrieval.tokens import is_latin, terms_of

ATTEMPTS = 2
MAX_CHARACTERS = 1200
# An answer worded from sources shares far more of its word pairs with them; one about something
# else, hardly any.
MIN_SHARED = 0.25
_FIRST_PAIR = 1 << 21

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the model made of it: a usable `text`, "" where it says that the material doesn't answer, or
    None where nothing usable came."""

    text: str | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an answer is held against: texts that figures may come from, and texts that words may.

    `resembles` tells whether a text means what `words` mean although its script is another one.
    """

    figures: Sequence[str]
    words: Sequence[str]
    resembles: Callable[[str], Awaitable[bool]]

    @property
    def trusted(self) -> Bounds:
        """The same without the texts that give a model orders: they ground nothing, whoever wrote them."""
        figures, words = (
            [text for text in texts if not orders.are_given(text)] for texts in (self.figures, self.words)
        )
        return replace(self, figures=figures, words=words)


async def compose(llm: LanguageModel, prompt: Prompt, bounds: Bounds, *, seconds_each: Sequence[float]) -> Draft:
    """Ask, check, and ask once more with the finding where the check found something.

    `seconds_each` says how long each attempt may take. Never raises: every failure is a Draft without text.
    """
    if not prompts.has_sources(prompt):
        return Draft(None)
    bounds = bounds.trusted
    for attempt, seconds in enumerate(seconds_each[:ATTEMPTS], 1):
        try:
            completion = await llm.complete(prompt, within=seconds)
        except LlmError as error:
            logger.warning("knowledge.llm_failed", attempt=attempt, error=type(error).__name__, reason=str(error))
            return Draft(None)
        if prompts.NO_ANSWER in completion.text:
            return Draft("")
        finding = await fault_in(completion.text, prompt, bounds)
        if finding is None:
            return Draft(completion.text)
        logger.warning("knowledge.llm_refused", attempt=attempt, finding=finding)
        prompt = prompts.again(prompt, completion.text, finding)
    return Draft(None)


async def fault_in(text: str, prompt: Prompt, bounds: Bounds) -> str | None:
    """Why `text` can't be an answer to `prompt`, for the model to read; None where it can."""
    if len(text) > MAX_CHARACTERS:
        return "it is too long"
    if fault := reciting.fault_in(text, prompt, [*bounds.words, *bounds.figures]):
        return fault
    if foreign := grounding.ungrounded(text, bounds.figures):
        return "these are not in the sources: " + ", ".join(
            fact.partition(":")[2].replace(":", " ") for fact in foreign[:5]
        )
    if not await _is_supported(text, bounds):
        return "it does not say what the sources say"
    return None


async def _is_supported(text: str, bounds: Bounds) -> bool:
    """Whether `text` says what the sources say: by its word pairs, or by meaning where the scripts differ."""
    if is_latin(text) and not any(is_latin(source) for source in bounds.words):
        return await bounds.resembles(text)
    return shared(text, bounds.words) >= MIN_SHARED


def shared(text: str, sources: Sequence[str]) -> float:
    """The share of the word pairs of `text` that occur in `sources`: 0..1."""
    said, known = _pairs(text), np.concatenate([_pairs(source) for source in sources] or [_pairs("")])
    return float(np.isin(said, known).mean()) if said.size else 0.0


def _pairs(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    terms = np.unique(terms_of(text))
    return terms[terms >= _FIRST_PAIR]
