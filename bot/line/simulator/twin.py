"""The in-process twin of the LINE client: the port's calls on a simulated platform, without HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.line.client import (
    MAX_MENU_PICTURE,
    MAX_MULTICAST,
    BotInfo,
    Content,
    ContentGone,
    ContentNotReady,
    ContentTooLarge,
    GroupSummary,
    MessageRefused,
    Profile,
    Quota,
    Receipt,
    RichMenu,
    WebhookEndpoint,
    WebhookTest,
)
from bot.line.simulator.gate import Gate
from bot.line.simulator.twin_calls import TwinCalls, receipt_of, request_id

DEFAULT_TIMEOUT = 10.0
_STEP, _MOST = 5, 60
_ACCEPTED, _NOT_FOUND, _GONE = 202, 404, 410


class InProcessLineClient:
    """A LineClient whose requests go straight to the simulator's gate, faults and log included.

    `timeout` is in seconds, as a real client has one: a hanging platform is OutcomeUnknown.
    """

    def __init__(self, gate: Gate, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._calls = TwinCalls(gate, timeout=timeout)

    # Sending

    async def reply(self, token: str, *, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> Receipt:
        body = {"replyToken": reply_token, "messages": _plain(messages)}
        return receipt_of(await self._calls.post("message/reply", body, token=token))

    async def push(
        self, token: str, *, to: str, messages: Sequence[Mapping[str, Any]], retry_key: uuid.UUID
    ) -> Receipt:
        body = {"to": to, "messages": _plain(messages)}
        return await self._calls.send("message/push", body, token=token, retry_key=retry_key)

    async def multicast(
        self, token: str, *, to: Sequence[str], messages: Sequence[Mapping[str, Any]], retry_key: uuid.UUID
    ) -> Receipt:
        if not 1 <= len(to) <= MAX_MULTICAST:
            raise MessageRefused(f"A multicast goes to 1 to {MAX_MULTICAST} users.")
        body = {"to": list(to), "messages": _plain(messages)}
        return await self._calls.send("message/multicast", body, token=token, retry_key=retry_key)

    async def validate(
        self, token: str, *, messages: Sequence[Mapping[str, Any]], kind: Literal["reply", "push"]
    ) -> None:
        await self._calls.post(f"message/validate/{kind}", {"messages": _plain(messages)}, token=token)

    async def start_loading(self, token: str, *, user_id: str, seconds: int = 20) -> None:
        steps = min(max(seconds, _STEP), _MOST) // _STEP
        await self._calls.post("chat/loading/start", {"chatId": user_id, "loadingSeconds": steps * _STEP}, token=token)

    async def mark_as_read(self, token: str, *, mark_as_read_token: str) -> None:
        await self._calls.post("chat/markAsRead", {"markAsReadToken": mark_as_read_token}, token=token)

    # Rich menus

    async def create_rich_menu(self, token: str, *, menu: Mapping[str, Any]) -> str:
        made = await self._calls.post("richmenu", menu, token=token)
        return str(made.content["richMenuId"])

    async def upload_rich_menu_image(self, token: str, *, rich_menu_id: str, image: bytes, content_type: str) -> None:
        if len(image) > MAX_MENU_PICTURE:
            raise MessageRefused(f"A rich menu's picture has at most {MAX_MENU_PICTURE} bytes.")
        path, headers = f"richmenu/{rich_menu_id}/content", {"content-type": content_type}
        await self._calls.call("POST", path, token=token, data=image, headers=headers)

    async def link_rich_menu(self, token: str, *, user_id: str, rich_menu_id: str) -> None:
        await self._calls.call("POST", f"user/{user_id}/richmenu/{rich_menu_id}", token=token)

    async def unlink_rich_menu(self, token: str, *, user_id: str) -> None:
        await self._calls.call("DELETE", f"user/{user_id}/richmenu", token=token)

    async def delete_rich_menu(self, token: str, *, rich_menu_id: str) -> None:
        try:
            await self._calls.call("DELETE", f"richmenu/{rich_menu_id}", token=token)
        except MessageRefused as error:
            if error.http_status != _NOT_FOUND:
                raise

    async def rich_menus(self, token: str) -> list[RichMenu]:
        found = await self._calls.get("richmenu/list", token=token)
        return [RichMenu(id=menu["richMenuId"], name=menu["name"]) for menu in found["richmenus"]]

    # Lookups

    async def bot_info(self, token: str) -> BotInfo:
        found = await self._calls.get("info", token=token)
        return BotInfo(
            user_id=found["userId"],
            basic_id=found["basicId"],
            display_name=found["displayName"],
            picture_url=found.get("pictureUrl"),
            chat_mode=found["chatMode"],
            mark_as_read_mode=found["markAsReadMode"],
        )

    async def quota(self, token: str) -> Quota:
        limit = await self._calls.get("message/quota", token=token)
        used = await self._calls.get("message/quota/consumption", token=token)
        return Quota(limit=limit.get("value"), used=used["totalUsage"])

    async def profile(self, token: str, *, user_id: str) -> Profile | None:
        return _profile(await self._calls.find(f"profile/{user_id}", token=token))

    async def member_profile(self, token: str, *, group_id: str, user_id: str) -> Profile | None:
        return _profile(await self._calls.find(f"{_place(group_id)}/member/{user_id}", token=token))

    async def group_summary(self, token: str, *, group_id: str) -> GroupSummary | None:
        found = await self._calls.find(f"{_place(group_id)}/summary", token=token)
        if found is None:
            return None
        return GroupSummary(group_id=found["groupId"], name=found["groupName"], picture_url=found.get("pictureUrl"))

    async def leave_group(self, token: str, *, group_id: str) -> None:
        await self._calls.call("POST", f"{_place(group_id)}/leave", token=token)

    async def content(self, token: str, *, message_id: str, limit_bytes: int) -> Content:
        try:
            answer = await self._calls.call("GET", f"message/{message_id}/content", token=token)
        except MessageRefused as error:
            if error.http_status not in (_NOT_FOUND, _GONE):
                raise
            raise ContentGone(str(error), http_status=error.http_status, request_id=error.request_id) from error
        if answer.status == _ACCEPTED:
            message = "LINE still prepares this content."
            raise ContentNotReady(message, http_status=_ACCEPTED, request_id=request_id(answer))
        if len(answer.body) > limit_bytes:
            message = f"The content is larger than {limit_bytes} bytes."
            raise ContentTooLarge(message, http_status=answer.status, request_id=request_id(answer))
        return Content(data=answer.body, content_type=answer.content_type)

    # The webhook

    async def webhook_endpoint(self, token: str) -> WebhookEndpoint | None:
        found = await self._calls.find("channel/webhook/endpoint", token=token)
        return WebhookEndpoint(url=found["endpoint"], is_active=found["active"]) if found else None

    async def set_webhook_endpoint(self, token: str, *, url: str) -> None:
        await self._calls.post("channel/webhook/endpoint", {"endpoint": url}, token=token, method="PUT")

    async def test_webhook(self, token: str, *, url: str | None = None) -> WebhookTest:
        body = {} if url is None else {"endpoint": url}
        found = (await self._calls.post("channel/webhook/test", body, token=token)).content
        return WebhookTest(
            success=found["success"], status_code=found["statusCode"], reason=found["reason"], detail=found["detail"]
        )

    async def close(self) -> None:
        """There is nothing to close."""


def _plain(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(message) for message in messages]


def _place(group_id: str) -> str:
    return f"{'room' if group_id.startswith('R') else 'group'}/{group_id}"


def _profile(found: Any | None) -> Profile | None:
    if found is None:
        return None
    return Profile(
        user_id=found["userId"],
        display_name=found["displayName"],
        picture_url=found.get("pictureUrl"),
        language=found.get("language"),
    )
