"""Profiles, bot info, message content, quota, loading animation, read marks, groups.

Source: Messaging API reference, the sections of these names.
"""

from __future__ import annotations

from bot.line.simulator.api.wire import ApiAnswer, Context, Refusal, invalid_property, missing
from bot.line.simulator.identifiers import USER_ID
from bot.line.simulator.model import Blob, Bond, Group, JsonObject, User
from bot.line.simulator.platform import Platform

LOADING_SECONDS = tuple(range(5, 65, 5))
DEFAULT_LOADING = 20


class Lookups:
    """The operations that ask about people, messages and the account itself."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def profile(self, context: Context) -> ApiAnswer:
        """404 unless the user is a friend or wrote to the account, and doesn't block it."""
        user = self._platform.directory.users.get(context.parts["user_id"])
        if user is None:
            raise Refusal(404, "Not found")
        channel_id = context.channel.channel_id
        bond = self._platform.directory.bond(channel_id, user.user_id)
        spoke = self._platform.directory.last_spoke(channel_id, user.user_id) is not None
        if bond is Bond.BLOCKED or (bond is Bond.STRANGER and not spoke):
            raise Refusal(404, "Not found")
        return ApiAnswer(content={**_profile(user), **_present(statusMessage=user.status_message)})

    async def member_profile(self, context: Context) -> ApiAnswer:
        group, user_id = self._group(context), context.parts["user_id"]
        if user_id not in group.members:
            raise Refusal(404, "Not found")
        profile = _profile(self._platform.directory.user(user_id))
        profile.pop("language", None)
        return ApiAnswer(content=profile)

    async def group_summary(self, context: Context) -> ApiAnswer:
        group = self._group(context)
        summary = {"groupId": group.group_id, "groupName": group.name, **_present(pictureUrl=group.picture_url)}
        return ApiAnswer(content=summary)

    async def member_count(self, context: Context) -> ApiAnswer:
        return ApiAnswer(content={"count": len(self._group(context).members)})

    async def leave(self, context: Context) -> ApiAnswer:
        """The account leaves by itself; LINE sends no leave event for that."""
        group = self._group(context)
        group.channel_id = None
        self._platform.add_notice(None, group.group_id, what="accountLeft", channelId=context.channel.channel_id)
        self._platform.tell("directory", None)
        return ApiAnswer()

    async def bot_info(self, context: Context) -> ApiAnswer:
        channel = context.channel
        info = {
            "userId": channel.bot_user_id,
            "basicId": channel.basic_id,
            "displayName": channel.name,
            **_present(pictureUrl=channel.picture_url),
            "chatMode": channel.chat_mode,
            "markAsReadMode": "auto" if channel.chat_mode == "bot" else "manual",
        }
        return ApiAnswer(content=info)

    async def content(self, context: Context) -> ApiAnswer:
        """The bytes of a media message; 202 while they are prepared, 404 unknown, 410 gone."""
        blob = self._blob(context)
        if self._platform.now() < blob.ready_at:
            return ApiAnswer(202)
        return ApiAnswer(data=blob.data, content_type=blob.content_type)

    async def transcoding(self, context: Context) -> ApiAnswer:
        ready = self._platform.now() >= self._blob(context).ready_at
        return ApiAnswer(content={"status": "succeeded" if ready else "processing"})

    async def quota(self, context: Context) -> ApiAnswer:
        limit = context.channel.monthly_limit
        return ApiAnswer(content={"type": "none"} if limit is None else {"type": "limited", "value": limit})

    async def consumption(self, context: Context) -> ApiAnswer:
        return ApiAnswer(content={"totalUsage": context.channel.consumption})

    async def start_loading(self, context: Context) -> ApiAnswer:
        """202. Only in 1:1 chats: a group's or room's id is 400."""
        body = context.json()
        chat_id, seconds = body.get("chatId"), body.get("loadingSeconds", DEFAULT_LOADING)
        if not chat_id:
            raise missing("chatId")
        if not isinstance(chat_id, str) or not USER_ID.fullmatch(chat_id):
            raise invalid_property("chatId")
        context.call.chat_id = chat_id
        if isinstance(seconds, bool) or seconds not in LOADING_SECONDS:
            allowed = ", ".join(map(str, LOADING_SECONDS))
            details = [{"message": f"Must be one of the following values: [{allowed}]", "property": "loadingSeconds"}]
            raise Refusal(400, "The request body has 1 error(s)", details=details)
        if self._platform.directory.bond(context.channel.channel_id, chat_id) is not Bond.BLOCKED:
            self._platform.start_loading(context.channel.channel_id, chat_id, seconds=seconds)
        return ApiAnswer(202)

    async def mark_as_read(self, context: Context) -> ApiAnswer:
        token = context.json().get("markAsReadToken")
        if not token:
            raise missing("markAsReadToken")
        if not isinstance(token, str) or not self._platform.read_up_to(context.channel, token):
            raise Refusal(400, "The markAsReadToken is invalid.")
        return ApiAnswer()

    def _blob(self, context: Context) -> Blob:
        message_id = context.parts["message_id"]
        message, blob = self._platform.find_message(message_id), self._platform.blobs.get(message_id)
        if message is None or blob is None or message.channel_id != context.channel.channel_id:
            raise Refusal(404, "Not found")
        context.call.chat_id = message.chat_id
        if blob.gone or message.unsent:
            raise Refusal(410, "Gone")
        return blob

    def _group(self, context: Context) -> Group:
        group = self._platform.directory.groups.get(context.parts["group_id"])
        if group is None or group.channel_id != context.channel.channel_id:
            raise Refusal(404, "Not found")
        return group


def _profile(user: User) -> JsonObject:
    return {
        "userId": user.user_id,
        "displayName": user.display_name,
        **_present(pictureUrl=user.picture_url, language=user.language),
    }


def _present(**values: str | None) -> JsonObject:
    return {name: value for name, value in values.items() if value is not None}
