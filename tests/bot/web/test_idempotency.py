import asyncio
from datetime import timedelta

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.errors import BadRequest, Conflict, Forbidden, UnprocessableRequest
from bot.security.box import SecretBox
from bot.web.idempotency import Answer, Idempotency, KeyedRequest, idempotency_key
from bot.web.repository import purge_expired

REQUEST = KeyedRequest("partner:1:POST /x", "order-1", b"{}")
SECRET = b'{"mgmt_token":"shown once"}'


class Work:
    """Counts its runs; fails when told to; waits at the gate when there is one."""

    def __init__(self, *, error: BaseException | None = None, gate: asyncio.Event | None = None) -> None:
        self.runs, self.error, self.gate, self.started = 0, error, gate, asyncio.Event()

    def open(self) -> None:
        assert self.gate is not None
        self.gate.set()

    async def __call__(self, _session: AsyncSession) -> Answer:
        self.runs += 1
        self.started.set()
        if self.gate:
            await self.gate.wait()
        if self.error:
            raise self.error
        return Answer(201, SECRET)


@pytest.fixture
def idempotency(database: Database, clock: ManualClock) -> Idempotency:
    return Idempotency(database, SecretBox("k" * 32), clock=clock, hash_key=b"h" * 32)


async def test_the_same_request_again_gets_the_kept_answer(idempotency: Idempotency) -> None:
    work = Work()
    first, second = await idempotency.run(REQUEST, work), await idempotency.run(REQUEST, work)
    assert (first.body, first.replayed) == (SECRET, False)
    assert (second.status, second.body, second.replayed) == (201, SECRET, True)
    assert work.runs == 1


async def test_the_kept_answer_and_the_key_are_unreadable_in_the_store(
    idempotency: Idempotency, database: Database
) -> None:
    await idempotency.run(REQUEST, Work())
    async with database.reading() as session:
        row = (await session.execute(text("SELECT * FROM idempotency_records"))).one()
    assert b"shown once" not in bytes(row.answer_box)
    assert "order-1" not in str(tuple(row))


@pytest.mark.parametrize("other", [("partner:2:POST /x", "order-1"), ("partner:1:POST /x", "order-2")])
async def test_another_credential_or_key_is_another_request(idempotency: Idempotency, other: tuple[str, str]) -> None:
    work = Work()
    await idempotency.run(REQUEST, work)
    assert not (await idempotency.run(KeyedRequest(*other, b"{}"), work)).replayed
    assert work.runs == 2


async def test_the_same_key_with_another_body_is_refused(idempotency: Idempotency) -> None:
    await idempotency.run(REQUEST, Work())
    with pytest.raises(UnprocessableRequest):
        await idempotency.run(KeyedRequest(REQUEST.scope, REQUEST.key, b'{"other": 1}'), Work())


async def test_while_the_first_runs_the_second_is_told_to_wait(idempotency: Idempotency) -> None:
    first, work = Work(gate=asyncio.Event()), Work()
    running = asyncio.create_task(idempotency.run(REQUEST, first))
    await first.started.wait()
    with pytest.raises(Conflict) as caught:
        await idempotency.run(REQUEST, work)
    assert caught.value.retry_after is not None
    with pytest.raises(UnprocessableRequest):
        await idempotency.run(KeyedRequest(REQUEST.scope, REQUEST.key, b"other"), work)
    first.open()
    await running
    assert (await idempotency.run(REQUEST, work)).replayed
    assert work.runs == 0


@pytest.mark.parametrize("error", [Forbidden(), ValueError("crash"), asyncio.CancelledError()])
async def test_a_request_that_failed_frees_its_key(idempotency: Idempotency, error: BaseException) -> None:
    with pytest.raises(type(error)):
        await idempotency.run(REQUEST, Work(error=error))
    assert not (await idempotency.run(REQUEST, Work())).replayed


@pytest.mark.parametrize("error", [None, ValueError("crash")])
async def test_in_two_processes_the_second_waits_for_how_the_first_ends(
    idempotency: Idempotency, database: Database, clock: ManualClock, error: BaseException | None
) -> None:
    other = Idempotency(database, SecretBox("k" * 32), clock=clock, hash_key=b"h" * 32)
    first, work = Work(gate=asyncio.Event(), error=error), Work()
    running = asyncio.create_task(idempotency.run(REQUEST, first))
    await first.started.wait()
    second = asyncio.create_task(other.run(REQUEST, work))
    done, _ = await asyncio.wait({second}, timeout=0.05)
    assert not done
    first.open()
    await asyncio.wait({running})
    assert (await second).replayed == (error is None)
    assert (running.exception(), work.runs) == (error, 0 if error is None else 1)


async def test_concurrent_requests_of_one_key_do_the_work_once(idempotency: Idempotency) -> None:
    work = Work()
    answers = await asyncio.gather(*(idempotency.run(REQUEST, work) for _ in range(20)), return_exceptions=True)
    assert work.runs == 1
    assert sum(isinstance(answer, Answer) and not answer.replayed for answer in answers) == 1
    assert all(isinstance(answer, Answer | Conflict) for answer in answers)


async def test_after_a_day_a_key_is_new_again_and_can_be_purged(
    idempotency: Idempotency, clock: ManualClock, database: Database
) -> None:
    await idempotency.run(REQUEST, Work())
    clock.advance(timedelta(hours=24))
    assert not (await idempotency.run(REQUEST, Work())).replayed
    clock.advance(timedelta(hours=24))
    async with database.unit_of_work() as session:
        assert await purge_expired(session, clock.now()) == 1


async def test_without_a_key_each_request_is_its_own(idempotency: Idempotency) -> None:
    work = Work()
    for _ in range(2):
        await idempotency.run(KeyedRequest("s", None, b""), work)
    assert work.runs == 2


def headers(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


@pytest.mark.parametrize("name", ["Idempotency-Key", "X-Idempotency-Key", "x-idempotency-key"])
@pytest.mark.parametrize("value", ["a-1", '"a-1"', " a-1 "])
def test_both_names_and_the_quoted_form_carry_the_key(name: str, value: str) -> None:
    assert idempotency_key(headers((name, value))) == "a-1"
    assert idempotency_key(headers()) is None


@pytest.mark.parametrize("value", ["", '""', "x" * 256, "鍵", "a\tb"])
def test_an_unusable_key_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="Idempotency-Key"):
        idempotency_key(headers(("Idempotency-Key", value)))


def test_two_different_keys_are_refused() -> None:
    with pytest.raises(BadRequest, match="twice"):
        idempotency_key(headers(("Idempotency-Key", "a"), ("X-Idempotency-Key", "b")))
