"""One request or job is one transaction, and this is the only place that commits it."""

from __future__ import annotations

from types import TracebackType

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.db.turn import WriteTurn


class UnitOfWork:
    """`async with database.unit_of_work() as session:` commits at the end or rolls back."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], write_turn: WriteTurn | None) -> None:
        self._sessions = sessions
        self._write_turn = write_turn
        self._session: AsyncSession | None = None

    async def __aenter__(self) -> AsyncSession:
        if self._write_turn is not None:
            await self._write_turn.take()
        self._session = self._sessions()
        return self._session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if (session := self._session) is None:
            return
        try:
            if kind is None:
                await session.commit()
            else:
                await session.rollback()
        finally:
            try:
                await session.close()
            finally:
                if self._write_turn is not None:
                    self._write_turn.give_back()
