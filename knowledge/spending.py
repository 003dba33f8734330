"""What the language model costs: counted by vendor, caller and day, and kept within a caller's budget."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.db.engine import Database
from bot.llm.port import Completion, LanguageModel, LlmError, LlmUnavailable, Prompt
from knowledge.answers import Question
from knowledge.entries import VendorCard
from knowledge.repository.usage import Spender, Spent, add_spent, tokens_spent

logger = structlog.get_logger(__name__)


class BudgetSpent(LlmUnavailable):
    """This caller's tokens of the day are used up."""


@dataclass(slots=True)
class Purse:
    """A language model as one question may use it: within its caller's budget, and counted.

    Questions that are answered at the same moment don't see each other's tokens yet, so a budget may
    be exceeded by what they need together.
    """

    model: LanguageModel
    spender: Spender
    left: int | None
    spent: Spent = field(default_factory=Spent)

    async def complete(self, prompt: Prompt, *, within: float) -> Completion:
        if self.left is not None and self.spent.tokens >= self.left:
            raise BudgetSpent("the budget of the day is spent")
        started = time.perf_counter()
        try:
            completion = await self.model.complete(prompt, within=within)
        except LlmError as error:
            self._count(error.tokens, started, failed=True)
            raise
        self._count(completion.tokens, started)
        return completion

    async def close(self) -> None:
        """The model is closed by whoever made it."""

    def _count(self, tokens: int, started: float, *, failed: bool = False) -> None:
        took = round((time.perf_counter() - started) * 1000)
        spent = self.spent
        self.spent = Spent(spent.calls + 1, spent.failures + failed, spent.tokens + tokens, spent.milliseconds + took)


class Spending:
    """Hands out purses and keeps the books."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def purse(self, model: LanguageModel, vendor: VendorCard, question: Question) -> Purse:
        """The purse for one question."""
        spender = Spender(vendor.tenant_id, vendor.id, question.caller, self._clock.now().date())
        left = None
        if question.daily_tokens is not None:
            async with self._database.reading() as session:
                left = max(0, question.daily_tokens - await tokens_spent(session, spender))
        return Purse(model, spender, left)

    async def settle(self, purse: Purse) -> None:
        """Write down what a question cost. An answer isn't held back when that fails."""
        if not purse.spent.calls:
            return
        try:
            async with self._database.unit_of_work() as session:
                await add_spent(session, purse.spender, purse.spent)
        except SQLAlchemyError as error:
            logger.warning("knowledge.usage_not_counted", tokens=purse.spent.tokens, error=type(error).__name__)
