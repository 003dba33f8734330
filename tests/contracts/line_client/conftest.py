"""What every LineClient keeps to, over the simulated LINE platform: its two kinds, and somebody who writes to them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.line.client import (
    LineClient,
)
from bot.line.messages import text_messages
from bot.line.sdk_client import SdkLineClient
from bot.line.simulator import Channel, InProcessLineClient, Simulator, User, Where

HELLO = [message.to_json() for message in text_messages("你好")]


@pytest.fixture
async def line() -> AsyncIterator[Simulator]:
    async with Simulator.running() as simulator:
        yield simulator


@pytest.fixture(params=["sdk", "in-process"])
async def client(request: pytest.FixtureRequest, line: Simulator) -> AsyncIterator[LineClient]:
    made: LineClient = SdkLineClient(line.base_url, timeout=1.0)
    if request.param == "in-process":
        made = InProcessLineClient(line.world.gate, timeout=1.0)
    yield made
    await made.close()


@pytest.fixture
def channel(line: Simulator) -> Channel:
    return line.add_channel("安居租管", line_id_name="@home", access_token="central-token")


@pytest.fixture
def user(line: Simulator, channel: Channel) -> User:
    someone = line.add_user("小明")
    line.people.follow(channel.channel_id, someone.user_id)
    return someone


@pytest.fixture
def reply_token(line: Simulator, channel: Channel, user: User) -> str:
    said = line.people.say(Where(channel.channel_id, user.user_id, user.user_id), "在嗎")
    assert said is not None
    return str(said.event["replyToken"])


def shown(line: Simulator, channel: Channel, user: User) -> list[str]:
    """The texts that the account visibly wrote."""
    messages = line.visible_messages(channel, user)
    return [str(message.content["text"]) for message in messages if message.via == "reply"]


def ways(line: Simulator, channel: Channel, user: User) -> list[str | None]:
    """How what a person sees came there, such as "reply" or "push"."""
    return [message.via for message in line.visible_messages(channel, user)]
