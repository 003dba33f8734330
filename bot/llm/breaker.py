"""A circuit breaker: a model that keeps failing is left alone for a while, so that nobody waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.llm.port import Completion, LanguageModel, LlmError, LlmUnavailable, Prompt

FAILURES = 3
PAUSE = timedelta(seconds=30)


class CircuitBreaker:
    """A `LanguageModel` around another one.

    After `failures` failures in a row it refuses at once for `pause`; then one call is let through,
    and its outcome closes the circuit or opens it again.
    """

    def __init__(
        self, model: LanguageModel, clock: Clock, *, failures: int = FAILURES, pause: timedelta = PAUSE
    ) -> None:
        self._model = model
        self._clock = clock
        self._failures = failures
        self._pause = pause
        self._in_a_row = 0
        self._open_until: datetime | None = None

    async def complete(self, prompt: Prompt, *, within: float) -> Completion:
        now = self._clock.now()
        if self._open_until is not None:
            if now < self._open_until:
                raise LlmUnavailable("left alone after repeated failures")
            # Whoever comes first after the pause tries; the others stay away until that try is over.
            self._open_until = now + self._pause
        try:
            completion = await self._model.complete(prompt, within=within)
        except LlmError:
            self._in_a_row += 1
            if self._in_a_row >= self._failures:
                self._open_until = self._clock.now() + self._pause
            raise
        self._in_a_row, self._open_until = 0, None
        return completion

    async def close(self) -> None:
        await self._model.close()
