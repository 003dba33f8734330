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
from knowledge.unanswered import service as unanswered
from knowledge.unanswered.clustering import Asked

__all__ = ["Exchange", "SessionKey", "Sessions"]

HISTORY = 6

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what was said to it, and the question as it is gathered where it had no answer."""

    question: str
    answer: str
    unanswered: Asked | None = None


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

    async def remember(self, principal: Principal, key: SessionKey | None, said: Exchange) -> None:
        """Keep a question with its answer, and for the owner where it had none.

        An answer is worth more than its memory: a failure is logged alone.
        """
        if key is None and said.unanswered is None:
            return
        turns = (Turn(said.question, from_customer=True), Turn(said.answer, from_customer=False))
        now = self.clock.now()
        try:
            async with self.database.unit_of_work() as session:
                if key is not None:
                    await add_turns(session, principal, key, turns, now=now)
                if said.unanswered is not None:
                    await unanswered.record(session, principal, said.unanswered, now=now)
        except (SQLAlchemyError, OSError, VendorNotFound) as error:
            log.warning("chat_turns_not_stored", error=type(error).__name__)
