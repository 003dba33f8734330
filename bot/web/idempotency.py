"""Idempotency keys: the same request again gets the same answer, and nothing is done twice.

One transaction claims the key, does the work and keeps the answer, so that all of it exists or nothing: after a
crash the key is free at once. Whoever claims it meanwhile waits for the store to tell how that ended, or, in the
same process, is told at once that the first still runs. Only successful answers are kept: a request that failed
changed nothing and may be repeated.

Source: IETF draft "The Idempotency-Key HTTP Header Field", with the X- spelling accepted as well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from multidict import CIMultiDictProxy
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import BadRequest, Conflict, UnprocessableRequest
from bot.models import IdempotencyRecord
from bot.security.box import SecretBox
from bot.security.tokens import hash_token
from bot.web import repository
from bot.web.repository import Kept

HEADERS = ("Idempotency-Key", "X-Idempotency-Key")
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)
RETRY_AFTER_SECONDS = 2
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: status and body bytes. `replayed` tells a kept answer from a new one."""

    status: int
    body: bytes
    replayed: bool = False


Work = Callable[[AsyncSession], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request as idempotency sees it: `scope` names credential and route (up to 120 characters).

    `digest` is the body's `body_digest` where that was computed elsewhere: a large body takes long.
    """

    scope: str
    key: str | None
    body: bytes
    digest: str | None = None


def body_digest(body: bytes) -> str:
    """What tells two bodies apart: SHA-256 as 64 hex characters."""
    return hashlib.sha256(body).hexdigest()


def idempotency_key(headers: CIMultiDictProxy[str]) -> str | None:
    """The caller's key, or None where there is none. The draft's quotes are taken off.

    Raises BadRequest for a key that isn't 1 to 255 visible ASCII characters, or for two that differ.
    """
    given = {value.strip() for name in HEADERS for value in headers.getall(name, ())}
    if not given:
        return None
    keys = {value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value for value in given}
    if len(keys) > 1:
        raise BadRequest("Idempotency-Key was given twice with different values.")
    (key,) = keys
    if not _KEY.fullmatch(key):
        raise BadRequest("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    return key


class Idempotency:
    """Runs work once for each key. `hash_key` is the subkey that callers' keys are hashed with."""

    def __init__(self, database: Database, box: SecretBox, *, clock: Clock, hash_key: bytes) -> None:
        self._database = database
        self._box = box
        self._clock = clock
        self._hash_key = hash_key
        self._running: dict[tuple[str, str], str] = {}

    async def run(self, request: KeyedRequest, work: Work) -> Answer:
        """The answer of `work`, which runs in one transaction together with keeping it.

        Raises UnprocessableRequest (422) when the key was used with another body, Conflict (409)
        with a Retry-After while the first request still runs, and whatever `work` raises, after
        which the key is free again.
        """
        if request.key is None:
            async with self._database.unit_of_work() as session:
                return await work(session)
        record = self._record(request, request.key)
        with self._alone(record):
            async with self._database.unit_of_work() as session:
                if not await repository.claim(session, record):
                    return self._replay(record, await repository.find(session, record.scope, key_hash=record.key_hash))
                answer = await work(session)
                box = self._box.seal(answer.body, context=_context(record, answer.status))
                await repository.complete(session, record, status=answer.status, answer_box=box)
                return answer

    def _record(self, request: KeyedRequest, key: str) -> IdempotencyRecord:
        now = self._clock.now()
        return IdempotencyRecord(
            scope=request.scope,
            key_hash=hash_token(self._hash_key, key),
            request_hash=request.digest or body_digest(request.body),
            created_at=now,
            expires_at=now + KEPT_FOR,
        )

    @contextmanager
    def _alone(self, record: IdempotencyRecord) -> Iterator[None]:
        """Nobody else of this process waits for the same key: each would hold a connection to the store."""
        key = (record.scope, record.key_hash)
        running = self._running.get(key)
        if running is not None:
            _check_body(record, running)
            raise _still_running()
        self._running[key] = record.request_hash
        try:
            yield
        finally:
            del self._running[key]

    def _replay(self, record: IdempotencyRecord, kept: Kept | None) -> Answer:
        if kept is None:
            # Its holder's answer expired and was purged between our two statements.
            raise _still_running()
        _check_body(record, kept.request_hash)
        body = self._box.open(kept.answer_box, context=_context(record, kept.status))
        return Answer(kept.status, body, replayed=True)


def _check_body(record: IdempotencyRecord, request_hash: str) -> None:
    if record.request_hash != request_hash:
        raise UnprocessableRequest("This Idempotency-Key was already used with a different request body.")


def _still_running() -> Conflict:
    return Conflict("A request with this Idempotency-Key is still being processed.", retry_after=RETRY_AFTER_SECONDS)


def _context(record: IdempotencyRecord, status: int) -> bytes:
    return f"{record.scope}\n{record.key_hash}\n{status}".encode()
