"""Reply, push, multicast and message validation.

Sources: Messaging API reference, "Send reply message", "Send push message", "Send multicast message",
"Validate message objects";
LINE documentation, "Retrying an API request".
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from bot.line.simulator.api.wire import RETRY_KEY, ApiAnswer, Context, Refusal, invalid_property, missing
from bot.line.simulator.events import QUOTABLE
from bot.line.simulator.identifiers import CHAT_ID, USER_ID
from bot.line.simulator.model import AcceptedPush, Bond, Channel, JsonObject, Message, Sender
from bot.line.simulator.platform import Platform
from bot.line.simulator.rules.messages import problem_with

MONTHLY_LIMIT = "You have reached your monthly limit."
MAX_MULTICAST = 500


class Sending:
    """The operations that put an account's messages into chats."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def reply(self, context: Context) -> ApiAnswer:
        """200 with `sentMessages`. The token is used up only by an accepted request: LINE sends
        nothing and keeps the token when it answers an error."""
        body = context.json()
        if RETRY_KEY in context.request.headers:
            raise Refusal(400, "The X-Line-Retry-Key header is not supported by this endpoint.")
        token = body.get("replyToken")
        if not token:
            raise missing("replyToken")
        if not isinstance(token, str):
            raise invalid_property("replyToken")
        self._check_messages(context, body)
        usable = self._platform.usable_reply_token(context.channel.channel_id, token)
        if usable is None:
            raise Refusal(400, "Invalid reply token")
        usable.used = True
        context.call.chat_id = usable.chat_id
        visible = self._reachable(context, usable.chat_id)
        sent = self._deliver(context, usable.chat_id, body, visible=visible, answers=usable.event_id)
        return ApiAnswer(content={"sentMessages": sent})

    async def push(self, context: Context) -> ApiAnswer:
        """200 with `sentMessages`, also where the user blocks the account; 409 for a retry key that was
        accepted within 24 hours; 429 beyond the monthly limit."""
        retry_key = self._retry_key(context)
        body = context.json()
        to = body.get("to")
        if not to:
            raise missing("to")
        if not isinstance(to, str) or not CHAT_ID.fullmatch(to):
            raise invalid_property("to")
        context.call.chat_id = to
        self._refuse_repetition(context, retry_key)
        self._check_messages(context, body)
        count = self._platform.recipients(context.channel, to)
        if not self._known(context, to):
            raise Refusal(400, "Failed to send messages")
        _count(context.channel, count)
        sent = self._deliver(context, to, body, visible=count > 0)
        self._keep(context, retry_key, sent=sent)
        return ApiAnswer(content={"sentMessages": sent})

    async def multicast(self, context: Context) -> ApiAnswer:
        """200 with an empty object, shown to and counted for the friends among up to 500 users only."""
        retry_key = self._retry_key(context)
        body = context.json()
        to = _multicast_users(body)
        self._refuse_repetition(context, retry_key)
        self._check_messages(context, body)
        directory, channel = self._platform.directory, context.channel
        friends = {user_id for user_id in to if directory.bond(channel.channel_id, user_id) is Bond.FRIEND}
        _count(channel, len(friends))
        for user_id in to:
            if user_id in directory.users:
                self._deliver(context, user_id, body, visible=user_id in friends, via="multicast")
        self._keep(context, retry_key)
        return ApiAnswer()

    async def validate(self, context: Context) -> ApiAnswer:
        """200 with an empty object where the messages could be sent."""
        self._check_messages(context, context.json())
        return ApiAnswer()

    def _retry_key(self, context: Context) -> str | None:
        given = context.request.headers.get(RETRY_KEY)
        if given is None:
            return None
        try:
            return str(uuid.UUID(given))
        except ValueError:
            raise Refusal(400, "The value of the X-Line-Retry-Key header is invalid.") from None

    def _refuse_repetition(self, context: Context, retry_key: str | None) -> None:
        """A key is accepted once, whatever the later bodies are: LINE documents no comparison of
        bodies, so another body is silently not sent. The log notes it for the developer."""
        accepted = self._platform.accepted_push(context.channel.channel_id, retry_key) if retry_key else None
        if accepted is None:
            return
        if accepted.body != context.request.body:
            context.call.note = "retry key came back with another body; that body was not sent"
        repeated = {"sentMessages": accepted.sent_messages} if accepted.sent_messages else {}
        refusal = Refusal(409, "The retry key is already accepted", **repeated)
        refusal.answer.headers["x-line-accepted-request-id"] = accepted.request_id
        raise refusal

    def _keep(self, context: Context, retry_key: str | None, *, sent: Sequence[JsonObject] = ()) -> None:
        """Remember an accepted request by its retry key."""
        if retry_key:
            accepted = AcceptedPush(context.call.request_id, list(sent), context.request.body, self._platform.now())
            self._platform.keep_push(context.channel.channel_id, retry_key, accepted=accepted)

    def _check_messages(self, context: Context, body: JsonObject) -> None:
        if problem := problem_with(body):
            raise Refusal(400, **problem)
        for place, message in enumerate(body["messages"]):
            quote = message.get("quoteToken")
            if quote is not None and not self._platform.quoted(context.channel.channel_id, str(quote)):
                details = [{"message": "Invalid quote token", "property": f"messages[{place}].quoteToken"}]
                raise Refusal(400, "The request body has 1 error(s)", details=details)

    def _known(self, context: Context, to: str) -> bool:
        directory = self._platform.directory
        if to.startswith("U"):
            return to in directory.users
        group = directory.groups.get(to)
        return group is not None and group.channel_id == context.channel.channel_id

    def _reachable(self, context: Context, chat_id: str) -> bool:
        if chat_id.startswith("U"):
            return self._platform.directory.bond(context.channel.channel_id, chat_id) is not Bond.BLOCKED
        return self._known(context, chat_id)

    def _deliver(
        self,
        context: Context,
        chat_id: str,
        body: JsonObject,
        *,
        visible: bool,
        answers: str | None = None,
        via: str = "push",
    ) -> list[JsonObject]:
        """Put the messages into the chat; `answers` is the event that a reply is to."""
        platform, channel = self._platform, context.channel
        sent: list[JsonObject] = []
        for content in body["messages"]:
            message = Message(
                message_id=platform.new_message_id(),
                channel_id=channel.channel_id,
                chat_id=chat_id,
                sender=Sender.ACCOUNT,
                sender_id=channel.bot_user_id,
                content=content,
                sent_at=platform.now(),
                via="reply" if answers else via,
                visible=visible,
                request_id=context.call.request_id,
                answers_event=answers,
            )
            platform.add_message(message)
            entry: JsonObject = {"id": message.message_id}
            if content["type"] in QUOTABLE | {"textV2", "template", "flex"}:
                entry["quoteToken"] = platform.quote_token_for(message)
            sent.append(entry)
        return sent


def _count(channel: Channel, people: int) -> None:
    """Count a message to that many people; raises Refusal (429), with nothing counted, beyond the limit."""
    if channel.monthly_limit is not None and channel.consumption + people > channel.monthly_limit:
        raise Refusal(429, MONTHLY_LIMIT)
    channel.consumption += people


def _multicast_users(body: JsonObject) -> list[str]:
    """The 1 to 500 different user ids in `to`; groups and rooms have no place there."""
    to = body.get("to")
    if not to:
        raise missing("to")
    if not isinstance(to, list) or not all(isinstance(one, str) and USER_ID.fullmatch(one) for one in to):
        raise invalid_property("to")
    if len(to) > MAX_MULTICAST or len(set(to)) < len(to):
        details = [{"message": f"Size must be between 1 and {MAX_MULTICAST}, without duplicates", "property": "to"}]
        raise Refusal(400, "The request body has 1 error(s)", details=details)
    return to
