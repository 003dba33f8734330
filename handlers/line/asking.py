"""Asking the engine in the name of a bot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.models import Bot
from bot.tenancy.principal import Principal, PrincipalKind
from bot.texts import Language
from handlers.line.gate import BotGate
from knowledge.answers import DEFAULT_DEADLINE
from knowledge.engine import Answer, Engine, Question, Turn
from knowledge.errors import VendorInactive, VendorNotFound
from knowledge.unanswered.clustering import Asked

# The engine keeps its own deadlines; this only stops what hangs in spite of them.
ENGINE_SECONDS = 30.0
# Enough for an answer from what is known, in whose wording a model has little time to help.
LEAST_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question as a bot is asked it. `history` has direction and text of what was said before; `asked_at` is
    since when its sender waits, where somebody does."""

    bot: Bot
    event_id: int
    text: str
    language: Language
    history: Sequence[tuple[str, str]] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the engine said; `answer` is None where the vendor is paused.

    `unanswered` is the question as it is gathered where the engine had no answer.
    """

    answer: Answer | None = None
    unanswered: Asked | None = None


class Asker:
    """`daily_tokens` is what a bot may spend on the language model a day, unless it has a budget of its own."""

    def __init__(self, engine: Engine, clock: Clock, *, daily_tokens: int | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._daily_tokens = daily_tokens
        self._gate = BotGate()

    async def ask(self, inquiry: Inquiry) -> Finding:
        """Ask the engine. Raises TimeoutError for an engine that hangs."""
        bot = inquiry.bot
        question = Question(
            vendor_id=bot.vendor_id,
            text=inquiry.text,
            language=inquiry.language,
            instructions=bot.system_prompt,
            history=tuple(Turn(text, from_customer=direction == "in") for direction, text in inquiry.history),
            request_id=f"line-{inquiry.event_id}",
            caller=str(bot.id),
            daily_tokens=self._daily_tokens if bot.llm_daily_tokens is None else bot.llm_daily_tokens,
        )
        try:
            async with self._gate.passing(bot.id), asyncio.timeout(ENGINE_SECONDS):
                question = replace(question, deadline=self._time_left(inquiry))
                answer = await self._engine.answer(principal_of(bot), question)
                return Finding(answer, await self._engine.unanswered(question, answer))
        except (VendorInactive, VendorNotFound):
            return Finding()

    def _time_left(self, inquiry: Inquiry) -> float:
        """How many seconds the engine has. Whoever waited for their turn isn't made to wait as long again."""
        if inquiry.asked_at is None:
            return DEFAULT_DEADLINE
        waited = (self._clock.now() - inquiry.asked_at).total_seconds()
        return min(max(DEFAULT_DEADLINE - waited, LEAST_SECONDS), DEFAULT_DEADLINE)


def principal_of(bot: Bot) -> Principal:
    """The bot acts for its one vendor, and sees what that one may."""
    return Principal(PrincipalKind.BOT, str(bot.id), bot.tenant_id, bot.vendor_id)


def sources_of(answer: Answer) -> dict[str, object]:
    """What an answer was made from, as a conversation keeps it."""
    return {
        "entries": [source.id for source in answer.sources],
        "values": dict(answer.values),
        "outcome": answer.outcome,
        "composer": answer.composer,
    }
