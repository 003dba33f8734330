import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from bot.errors import BadRequest
from bot.web.idempotency import body_digest
from partner_api.caller import Environment
from partner_api.calls.audio import MAX_AUDIO, AudioBytes
from partner_api.calls.errors import IntakeBusy
from partner_api.calls.intake import ARRIVING, ARRIVING_OF_ONE_PARTNER, LARGE, WORKED_AT_ONCE, Intake
from tests.partner_api.conftest import WAV, Office, office_on, refused
from tests.support.partners import make_key

JSON = {"Content-Type": "application/json"}
ONE, OTHER, THIRD = uuid4(), uuid4(), uuid4()


async def test_one_partner_does_not_take_every_place_of_large_bodies() -> None:
    intake = Intake(patience=0.01)
    async with AsyncExitStack() as held:
        for _ in range(ARRIVING_OF_ONE_PARTNER):
            await held.enter_async_context(intake.arriving(ONE, LARGE))
        with pytest.raises(IntakeBusy) as busy:
            await held.enter_async_context(intake.arriving(ONE, None))
        assert (busy.value.status, busy.value.retry_after) == (503, 5)
        for _ in range(ARRIVING - ARRIVING_OF_ONE_PARTNER):
            await held.enter_async_context(intake.arriving(OTHER, LARGE))
        with pytest.raises(IntakeBusy):
            await held.enter_async_context(intake.arriving(THIRD, LARGE))
        for _ in range(100):
            await held.enter_async_context(intake.arriving(ONE, LARGE - 1))
    async with intake.arriving(ONE, LARGE):
        pass


async def test_slow_bodies_with_both_keys_of_a_partner_leave_room_for_another(office: Office) -> None:
    partner, ended = await office.partner(), asyncio.Event()
    both = [await make_key(office.api, partner, environment=environment) for environment in Environment]
    other = await office_on(office.api, office.client)

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(ARRIVING):
            yield b" " * LARGE
        await ended.wait()

    sent = [office.call("POST", "/calls/analyze", key=key, data=slow(), headers=JSON) for key in both * ARRIVING]
    waiting = [asyncio.create_task(one) for one in sent]
    recording = base64.b64encode(WAV + bytes(LARGE)).decode()
    answer = await asyncio.wait_for(other.analyze(audio_file=recording), 5)
    ended.set()
    assert answer.status == 202
    assert {refused(one) for one in await asyncio.gather(*waiting)} == {(400, "bad_request")}


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
