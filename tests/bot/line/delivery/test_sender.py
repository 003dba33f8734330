from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.line.delivery import OutcomeKind, send_reply
from bot.line.sdk_client import SdkLineClient
from bot.line.simulator import FaultMode, Simulator, Where

HELLO = [{"type": "text", "text": "您好"}]


@pytest.fixture
async def line() -> AsyncIterator[Simulator]:
    async with Simulator.running() as simulator:
        yield simulator


@pytest.fixture
async def client(line: Simulator) -> AsyncIterator[SdkLineClient]:
    made = SdkLineClient(line.base_url, timeout=0.5)
    yield made
    await made.close()


def a_reply_token(line: Simulator) -> tuple[str, str]:
    """An account's access token, and the token of an event of its."""
    channel, user = line.add_channel(), line.add_user()
    said = line.people.say(Where(channel.channel_id, user.user_id, user.user_id), "在嗎")
    assert said is not None
    return channel.access_token, str(said.event["replyToken"])


async def test_a_reply_that_line_took_is_sent_and_names_lines_request(line: Simulator, client: SdkLineClient) -> None:
    token, reply_token = a_reply_token(line)
    outcome = await send_reply(client, token, reply_token=reply_token, messages=HELLO)
    assert (outcome.kind, outcome.http_status) == (OutcomeKind.SENT, 200)
    assert outcome.request_id == line.platform.calls[-1].request_id


async def test_a_used_token_is_refused(line: Simulator, client: SdkLineClient) -> None:
    token, reply_token = a_reply_token(line)
    await send_reply(client, token, reply_token=reply_token, messages=HELLO)
    outcome = await send_reply(client, token, reply_token=reply_token, messages=HELLO)
    assert (outcome.kind, outcome.http_status) == (OutcomeKind.TOKEN_REFUSED, 400)


@pytest.mark.parametrize(
    ("mode", "status", "message", "kind"),
    [
        (FaultMode.STATUS, 400, "The request body has 1 error(s)", OutcomeKind.CONTENT_REFUSED),
        (FaultMode.STATUS, 401, None, OutcomeKind.ACCESS_REFUSED),
        (FaultMode.STATUS, 403, None, OutcomeKind.ACCESS_REFUSED),
        (FaultMode.STATUS, 429, None, OutcomeKind.RATE_LIMITED),
        (FaultMode.STATUS, 429, "You have reached your monthly limit.", OutcomeKind.QUOTA_EXHAUSTED),
        (FaultMode.STATUS, 500, None, OutcomeKind.UNKNOWN),
        (FaultMode.ACCEPT_THEN_STATUS, 500, None, OutcomeKind.UNKNOWN),
        (FaultMode.ACCEPT_THEN_DROP, 500, None, OutcomeKind.UNKNOWN),
        (FaultMode.HANG, 500, None, OutcomeKind.UNKNOWN),
        (FaultMode.REFUSE, 500, None, OutcomeKind.UNKNOWN),
    ],
)
async def test_every_way_to_fail_has_a_name(
    line: Simulator, client: SdkLineClient, mode: FaultMode, status: int, message: str | None, kind: OutcomeKind
) -> None:
    token, reply_token = a_reply_token(line)
    line.fail(mode, endpoint="reply", status=status, message=message, seconds=2)
    outcome = await send_reply(client, token, reply_token=reply_token, messages=HELLO)
    assert outcome.kind is kind
    assert outcome.detail
