import asyncio
import base64
import io
import json
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from bot.errors import BadRequest
from bot.web.idempotency import body_digest
from partner_api.calls.audio import MAX_AUDIO, AudioBytes
from partner_api.calls.errors import IntakeBusy
from partner_api.calls.intake import ARRIVING, ARRIVING_OF_ONE_KEY, LARGE, WORKED_AT_ONCE, Intake
from tests.partner_api.conftest import WAV, Office, refused

JSON = {"Content-Type": "application/json"}
KEY, OTHER, THIRD = uuid4(), uuid4(), uuid4()


async def test_one_key_does_not_take_every_place_of_large_bodies() -> None:
    intake = Intake(patience=0.01)
    async with AsyncExitStack() as held:
        for _ in range(ARRIVING_OF_ONE_KEY):
            await held.enter_async_context(intake.arriving(KEY, LARGE))
        with pytest.raises(IntakeBusy) as busy:
            await held.enter_async_context(intake.arriving(KEY, None))
        assert (busy.value.status, busy.value.retry_after) == (503, 5)
        for _ in range(ARRIVING - ARRIVING_OF_ONE_KEY):
            await held.enter_async_context(intake.arriving(OTHER, LARGE))
        with pytest.raises(IntakeBusy):
            await held.enter_async_context(intake.arriving(THIRD, LARGE))
        for _ in range(100):
            await held.enter_async_context(intake.arriving(KEY, LARGE - 1))
    async with intake.arriving(KEY, LARGE):
        pass


async def test_a_place_is_waited_for() -> None:
    intake = Intake(patience=10)
    ended: list[int] = []

    async def work(number: int) -> None:
        async with intake.working(LARGE):
            await asyncio.sleep(0)
            ended.append(number)

    await asyncio.gather(*(work(number) for number in range(WORKED_AT_ONCE * 5)))
    assert sorted(ended) == list(range(WORKED_AT_ONCE * 5))


@pytest.mark.parametrize("size", [100, LARGE * 2])
async def test_small_and_large_bodies_are_read_alike(size: int) -> None:
    sound = WAV + bytes(size)
    asked = {"company_id": "a", "agent_id": "b", "audio_file": base64.b64encode(sound).decode()}
    body = json.dumps(asked).replace("/", "\\/").encode()
    read = await Intake().read(body)
    assert (read.audio, read.digest) == (AudioBytes(sound, "audio/wav"), body_digest(body))
    assert (read.wanted.audio_file, read.wanted.company_id) == (None, "a")
    with pytest.raises(BadRequest, match="not valid JSON"):
        await Intake().read(body[:-1])


async def test_what_is_too_large_is_413(office: Office) -> None:
    sound = base64.b64encode(WAV + bytes(MAX_AUDIO)).decode()
    body = json.dumps({"company_id": office.company_id, "agent_id": office.agent_id, "audio_file": sound}).encode()
    over = await office.call("POST", "/calls/analyze", data=io.BytesIO(body), headers=JSON)
    assert refused(over) == (413, "audio_too_large")
    far_over = await office.call(
        "POST", "/calls/analyze", data=io.BytesIO(body + b" " * 10 * 1024 * 1024), headers=JSON
    )
    assert refused(far_over) == (413, "payload_too_large")
