"""A language model's view of a call."""

from __future__ import annotations

from typing import Any

from bot.llm.port import LanguageModel


async def refine(llm: LanguageModel, results: dict[str, Any], *, within: float) -> dict[str, Any]:
    """`results` with what a model adds to them."""
    return {**results, "model": None}
