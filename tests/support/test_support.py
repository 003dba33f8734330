from __future__ import annotations

import asyncio
import socket

import pytest
import redis.asyncio
import uvloop

from bot.settings import Settings
from tests.support.network import BeyondThisMachine
from tests.support.settings import MakeSettings


async def test_a_real_redis_server_answers_and_is_empty(redis_url: str) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left by this test", "1")


async def test_what_one_test_left_in_redis_is_gone_in_the_next(redis_url: str) -> None:
    await test_a_real_redis_server_answers_and_is_empty(redis_url)


async def test_tests_run_on_uvloop() -> None:
    assert isinstance(asyncio.get_running_loop(), uvloop.Loop)


def test_a_socket_beyond_this_machine_is_an_error() -> None:
    with socket.socket() as client, pytest.raises(BeyondThisMachine):
        client.connect(("192.0.2.1", 443))


async def test_an_event_loop_reaches_nothing_beyond_this_machine_either() -> None:
    with pytest.raises(BeyondThisMachine):
        await asyncio.open_connection("192.0.2.1", 443)


def test_settings_of_tests_ignore_the_environment(settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    assert (settings().port, settings(port=9000).port) == (Settings.model_fields["port"].default, 9000)


def test_every_settings_object_has_secrets_of_its_own(settings: MakeSettings) -> None:
    assert settings().secret_key != settings().secret_key
