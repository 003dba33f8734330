"""A circuit breaker: a model that keeps failing is left alone for a while, so that nobody waits for it."""

from __future__ import annotations

from datetime import timedelta

from bot.circuit import FAILURES, PAUSE, Circuit
from bot.clock import Clock
from bot.llm.port import Completion, LanguageModel, LlmError, LlmUnavailable, Prompt


class CircuitBreaker:
    """A `LanguageModel` around another one.

    After `failures` failures in a row it refuses at once for `pause`; then one call is let through,
    and its outcome closes the circuit or opens it again.
    """

    def __init__(
        self, model: LanguageModel, clock: Clock, *, failures: int = FAILURES, pause: timedelta = PAUSE
    ) -> None:
        self._model = model
        self._circuit = Circuit(clock, failures=failures, pause=pause)

    async def complete(self, prompt: Prompt, *, within: float) -> Completion:
        if not self._circuit.lets_through():
            raise LlmUnavailable("left alone after repeated failures")
        try:
            completion = await self._model.complete(prompt, within=within)
        except LlmError:
            self._circuit.failed()
            raise
        self._circuit.succeeded()
        return completion

    async def close(self) -> None:
        await self._model.close()
