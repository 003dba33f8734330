"""The Messaging API through the official line-bot-sdk. Nothing else of the platform knows the SDK.

Importing this module costs about a second: only the composition root does, when it needs it.
"""

from __future__ import annotations

from typing import Any

from linebot.v3.messaging import SetWebhookEndpointRequest, TestWebhookEndpointRequest

from bot.line.client import BotInfo, Content, GroupSummary, Profile, Quota, WebhookEndpoint, WebhookTest
from bot.line.sdk_sending import SdkRichMenus, SdkSending
from bot.line.sdk_transport import SdkTransport, answer_of, body_of

DEFAULT_TIMEOUT = 10.0
# LINE itself waits for the webhook before it answers the test.
TEST_TIMEOUT = 30.0

_ROOM = "R"


class SdkLineClient(SdkSending, SdkRichMenus):
    """A LineClient over one shared SDK client; the channel's token goes with each call.

    `base_url` is `https://api.line.me` or a simulator's, `data_base_url` that of contents and pictures
    (`https://api-data.line.me`; without it the same); `timeout` is the total of one call in seconds.
    Create it anywhere and `start` it in the event loop that uses it.
    """

    def __init__(self, base_url: str, *, data_base_url: str | None = None, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._timeout = timeout
        self._transport = SdkTransport(base_url, data_base_url=data_base_url or base_url, timeout=timeout)

    async def start(self) -> None:
        """Build the SDK's client: some 40 ms of blocking work, better done before the server listens."""
        await self._transport.start()

    async def close(self) -> None:
        await self._transport.close()

    async def bot_info(self, token: str) -> BotInfo:
        api = await self._transport.api()
        found = answer_of(await self._transport.call(api.get_bot_info_with_http_info, token=token))
        return BotInfo(
            user_id=found.user_id,
            basic_id=found.basic_id,
            display_name=found.display_name,
            picture_url=found.picture_url,
            chat_mode=found.chat_mode,
            mark_as_read_mode=found.mark_as_read_mode,
        )

    async def quota(self, token: str) -> Quota:
        api = await self._transport.api()
        limit = answer_of(await self._transport.call(api.get_message_quota_with_http_info, token=token))
        used = answer_of(await self._transport.call(api.get_message_quota_consumption_with_http_info, token=token))
        return Quota(limit=limit.value if limit.type == "limited" else None, used=used.total_usage)

    async def profile(self, token: str, *, user_id: str) -> Profile | None:
        api = await self._transport.api()
        return _profile(await self._transport.find(api.get_profile_with_http_info, user_id, token=token))

    async def member_profile(self, token: str, *, group_id: str, user_id: str) -> Profile | None:
        api = await self._transport.api()
        ask = api.get_group_member_profile_with_http_info
        if group_id.startswith(_ROOM):
            ask = api.get_room_member_profile_with_http_info
        return _profile(await self._transport.find(ask, group_id, user_id, token=token))

    async def group_summary(self, token: str, *, group_id: str) -> GroupSummary | None:
        if group_id.startswith(_ROOM):
            return None
        api = await self._transport.api()
        response = await self._transport.find(api.get_group_summary_with_http_info, group_id, token=token)
        if response is None:
            return None
        found = answer_of(response)
        return GroupSummary(group_id=found.group_id, name=found.group_name, picture_url=found.picture_url)

    async def leave_group(self, token: str, *, group_id: str) -> None:
        api = await self._transport.api()
        in_room = group_id.startswith(_ROOM)
        leave = api.leave_room_with_http_info if in_room else api.leave_group_with_http_info
        await self._transport.call(leave, group_id, token=token)

    async def content(self, token: str, *, message_id: str, limit_bytes: int) -> Content:
        return await self._transport.download(token, message_id=message_id, limit_bytes=limit_bytes)

    async def webhook_endpoint(self, token: str) -> WebhookEndpoint | None:
        api = await self._transport.api()
        response = await self._transport.find(api.get_webhook_endpoint_with_http_info, token=token)
        if response is None:
            return None
        found = answer_of(response)
        return WebhookEndpoint(url=found.endpoint, is_active=found.active)

    async def set_webhook_endpoint(self, token: str, *, url: str) -> None:
        request = body_of(SetWebhookEndpointRequest, {"endpoint": url})
        api = await self._transport.api()
        await self._transport.call(api.set_webhook_endpoint_with_http_info, request, token=token)

    async def test_webhook(self, token: str, *, url: str | None = None) -> WebhookTest:
        request = body_of(TestWebhookEndpointRequest, {} if url is None else {"endpoint": url})
        api = await self._transport.api()
        test, seconds = api.test_webhook_endpoint_with_http_info, max(TEST_TIMEOUT, self._timeout)
        found = answer_of(await self._transport.call(test, request, token=token, seconds=seconds))
        return WebhookTest(
            success=found.success is True, status_code=found.status_code, reason=found.reason, detail=found.detail
        )


def _profile(response: Any | None) -> Profile | None:
    if response is None:
        return None
    found = answer_of(response)
    return Profile(
        user_id=found.user_id,
        display_name=found.display_name,
        picture_url=found.picture_url,
        language=getattr(found, "language", None),
    )
