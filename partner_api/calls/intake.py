"""Large requests: how many at once, and read where they don't hold up the event loop."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.errors import BadRequest
from bot.web.idempotency import body_digest
from bot.web.requests import parse_json, validate
from partner_api.calls.audio import AudioBytes, AudioUrl, audio_in, audio_of
from partner_api.calls.errors import IntakeBusy
from partner_api.calls.long_text import LONG, long_text_in
from partner_api.calls.schemas import AnalyzeBody

# From here on a body is large: below it, reading one takes less than a millisecond.
LARGE = LONG
# Bodies that may arrive at once; a slow one keeps its place, so that no partner has all of them, whatever its keys.
ARRIVING, ARRIVING_OF_ONE_PARTNER = 6, 3
WORKED_AT_ONCE = 2
PATIENCE_SECONDS = 10.0
RETRY_AFTER_SECONDS = 5


@dataclass(frozen=True, slots=True)
class ReadCall:
    """A request as it was read: what is asked for, the recording or where it is, and the body's digest."""

    wanted: AnalyzeBody
    audio: AudioBytes | AudioUrl | None
    digest: str


def read_call(body: bytes) -> ReadCall:
    """Parse, check and decode. Raises BadRequest, UnsupportedAudio and AudioTooLarge.

    It takes some 10 ms for a megabyte.
    """
    wanted, audio = _in_pieces(body) or _as_a_whole(body)
    return ReadCall(wanted.model_copy(update={"audio_file": None}), audio, body_digest(body))


def _as_a_whole(body: bytes) -> tuple[AnalyzeBody, AudioBytes | AudioUrl | None]:
    wanted = validate(AnalyzeBody, parse_json(body))
    return wanted, audio_of(wanted.audio_file) if wanted.audio_file is not None else None


def _in_pieces(body: bytes) -> tuple[AnalyzeBody, AudioBytes | AudioUrl] | None:
    """The same for a body with a long recording in it, without a moment in which no other thread gets its turn.

    None where there is none, or where something is wrong with the JSON, which is best told by reading it as a whole.
    """
    found = long_text_in(body)
    if found is None:
        return None
    stand_in = secrets.token_hex()
    try:
        wanted = validate(AnalyzeBody, parse_json(found.replaced(stand_in)))
    except BadRequest:
        return None
    try:
        return (wanted, audio_in(found.pieces())) if wanted.audio_file == stand_in else None
    except ValueError:
        return None


class Intake:
    """Lets so many large requests in, and reads them in threads of their own."""

    def __init__(self, *, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._arriving = asyncio.Semaphore(ARRIVING)
        self._of_partner: WeakValueDictionary[uuid.UUID, asyncio.Semaphore] = WeakValueDictionary()
        self._worked = asyncio.Semaphore(WORKED_AT_ONCE)
        self._threads = ThreadPoolExecutor(max_workers=WORKED_AT_ONCE, thread_name_prefix="calls")

    @asynccontextmanager
    async def arriving(self, partner_id: uuid.UUID, length: int | None) -> AsyncIterator[None]:
        """Hold a place for a body of `length` bytes, None where nobody knows. Raises IntakeBusy."""
        if length is not None and length < LARGE:
            yield
            return
        own = self._of_partner.setdefault(partner_id, asyncio.Semaphore(ARRIVING_OF_ONE_PARTNER))
        async with self._place(own), self._place(self._arriving):
            yield

    @asynccontextmanager
    async def working(self, size: int) -> AsyncIterator[None]:
        """Hold a place while a body of `size` bytes is read and stored. Raises IntakeBusy."""
        if size < LARGE:
            yield
            return
        async with self._place(self._worked):
            yield

    async def read(self, body: bytes) -> ReadCall:
        """`read_call`, for a large body in a thread."""
        if len(body) < LARGE:
            return read_call(body)
        return await asyncio.get_running_loop().run_in_executor(self._threads, read_call, body)

    @asynccontextmanager
    async def _place(self, semaphore: asyncio.Semaphore) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                await semaphore.acquire()
        except TimeoutError:
            raise IntakeBusy(retry_after=RETRY_AFTER_SECONDS) from None
        try:
            yield
        finally:
            semaphore.release()
