"""Messages, read marks and rich menus through the official line-bot-sdk."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from linebot.v3.messaging import (
    MarkMessagesAsReadByTokenRequest,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    ShowLoadingAnimationRequest,
    ValidateMessageRequest,
)

from bot.line.client import MAX_MENU_PICTURE, MAX_MULTICAST, AcceptedBefore, MessageRefused, Receipt, RichMenu
from bot.line.sdk_transport import SdkTransport, answer_of, body_of, receipt_of

_LOADING_STEP, _LOADING_LIMIT = 5, 60


class SdkSending:
    """What puts messages before people."""

    _transport: SdkTransport

    async def reply(self, token: str, *, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> Receipt:
        request = body_of(ReplyMessageRequest, {"replyToken": reply_token, "messages": _plain(messages)})
        api = await self._transport.api()
        return receipt_of(await self._transport.call(api.reply_message_with_http_info, request, token=token))

    async def push(
        self, token: str, *, to: str, messages: Sequence[Mapping[str, Any]], retry_key: uuid.UUID
    ) -> Receipt:
        request = body_of(PushMessageRequest, {"to": to, "messages": _plain(messages)})
        api = await self._transport.api()
        return await self._send(api.push_message_with_http_info, request, token=token, retry_key=retry_key)

    async def multicast(
        self, token: str, *, to: Sequence[str], messages: Sequence[Mapping[str, Any]], retry_key: uuid.UUID
    ) -> Receipt:
        if not 1 <= len(to) <= MAX_MULTICAST:
            raise MessageRefused(f"A multicast goes to 1 to {MAX_MULTICAST} users.")
        request = body_of(MulticastRequest, {"to": list(to), "messages": _plain(messages)})
        api = await self._transport.api()
        return await self._send(api.multicast_with_http_info, request, token=token, retry_key=retry_key)

    async def validate(
        self, token: str, *, messages: Sequence[Mapping[str, Any]], kind: Literal["reply", "push"]
    ) -> None:
        request = body_of(ValidateMessageRequest, {"messages": _plain(messages)})
        api = await self._transport.api()
        checks = {"reply": api.validate_reply_with_http_info, "push": api.validate_push_with_http_info}
        await self._transport.call(checks[kind], request, token=token)

    async def start_loading(self, token: str, *, user_id: str, seconds: int = 20) -> None:
        steps = min(max(seconds, _LOADING_STEP), _LOADING_LIMIT) // _LOADING_STEP
        request = ShowLoadingAnimationRequest(chatId=user_id, loadingSeconds=steps * _LOADING_STEP)
        api = await self._transport.api()
        await self._transport.call(api.show_loading_animation_with_http_info, request, token=token)

    async def mark_as_read(self, token: str, *, mark_as_read_token: str) -> None:
        request = MarkMessagesAsReadByTokenRequest(markAsReadToken=mark_as_read_token)
        api = await self._transport.api()
        await self._transport.call(api.mark_messages_as_read_by_token_with_http_info, request, token=token)

    async def _send(self, operation: Any, request: Any, *, token: str, retry_key: uuid.UUID) -> Receipt:
        try:
            response = await self._transport.call(operation, request, token=token, x_line_retry_key=str(retry_key))
        except AcceptedBefore as accepted:
            return accepted.receipt
        return receipt_of(response)


class SdkRichMenus:
    """The bars below the chat."""

    _transport: SdkTransport

    async def create_rich_menu(self, token: str, *, menu: Mapping[str, Any]) -> str:
        request = body_of(RichMenuRequest, menu)
        api = await self._transport.api()
        made = answer_of(await self._transport.call(api.create_rich_menu_with_http_info, request, token=token))
        return str(made.rich_menu_id)

    async def upload_rich_menu_image(self, token: str, *, rich_menu_id: str, image: bytes, content_type: str) -> None:
        if len(image) > MAX_MENU_PICTURE:
            raise MessageRefused(f"A rich menu's picture has at most {MAX_MENU_PICTURE} bytes.")
        upload = (await self._transport.blobs()).set_rich_menu_image_with_http_info
        headers = {"Content-Type": content_type}
        await self._transport.call(upload, rich_menu_id, image, token=token, _headers=headers)

    async def link_rich_menu(self, token: str, *, user_id: str, rich_menu_id: str) -> None:
        api = await self._transport.api()
        await self._transport.call(api.link_rich_menu_id_to_user_with_http_info, user_id, rich_menu_id, token=token)

    async def unlink_rich_menu(self, token: str, *, user_id: str) -> None:
        api = await self._transport.api()
        await self._transport.call(api.unlink_rich_menu_id_from_user_with_http_info, user_id, token=token)

    async def delete_rich_menu(self, token: str, *, rich_menu_id: str) -> None:
        api = await self._transport.api()
        await self._transport.find(api.delete_rich_menu_with_http_info, rich_menu_id, token=token)

    async def rich_menus(self, token: str) -> list[RichMenu]:
        api = await self._transport.api()
        found = answer_of(await self._transport.call(api.get_rich_menu_list_with_http_info, token=token))
        return [RichMenu(id=menu.rich_menu_id, name=menu.name) for menu in found.richmenus]


def _plain(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(message) for message in messages]
