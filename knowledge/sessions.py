"""The memory of a chat session: what was said lately goes with the next question."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.db.engine import Database
from bot.logging import get_logger
from bot.tenancy.principal import Principal
from knowledge.answers import Turn
from knowledge.errors import VendorNotFound
from knowledge.repository.sessions import SessionKey, add_turns, turns_of

__all__ = ["SessionKey", "Sessions"]

HISTORY = 6

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Remembers sessions. Without a key there is nothing to remember."""

    database: Database
    clock: Clock

    async def history(self, principal: Principal, key: SessionKey | None) -> tuple[Turn, ...]:
        """The last six turns, oldest first."""
        if key is None:
            return ()
        async with self.database.reading() as session:
            return tuple(await turns_of(session, principal, key, limit=HISTORY))

    async def remember(self, principal: Principal, key: SessionKey | None, *, question: str, answer: str) -> None:
        """Keep a question with its answer. An answer is worth more than its memory: a failure is logged alone."""
        if key is None:
            return
        turns = (Turn(question, from_customer=True), Turn(answer, from_customer=False))
        try:
            async with self.database.unit_of_work() as session:
                await add_turns(session, principal, key, turns, now=self.clock.now())
        except (SQLAlchemyError, OSError, VendorNotFound) as error:
            log.warning("chat_turns_not_stored", vendor_id=key.vendor_id, error=type(error).__name__)
