"""Reply, push and message validation.

Sources: Messaging API reference, "Send reply message", "Send push message", "Validate message objects";
LINE documentation, "Retrying an API request".
"""

from __future__ import annotations

import uuid

from bot.line.simulator.api.wire import RETRY_KEY, ApiAnswer, Context, Refusal, invalid_property, missing
from bot.line.simulator.events import QUOTABLE
from bot.line.simulator.identifiers import CHAT_ID
from bot.line.simulator.model import AcceptedPush, Bond, JsonObject, Message, Sender
from bot.line.simulator.platform import Platform
from bot.line.simulator.rules.messages import problem_with

MONTHLY_LIMIT = "You have reached your monthly limit."


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
        sent = self._deliver(context, usable.chat_id, body, visible=visible, event_id=usable.event_id)
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
        channel, count = context.channel, self._platform.recipients(context.channel, to)
        if not self._known(context, to):
            raise Refusal(400, "Failed to send messages")
        if channel.monthly_limit is not None and channel.consumption + count > channel.monthly_limit:
            raise Refusal(429, MONTHLY_LIMIT)
        channel.consumption += count
        sent = self._deliver(context, to, body, visible=count > 0, event_id=None)
        if retry_key:
            accepted = AcceptedPush(context.call.request_id, sent, context.request.body, self._platform.now())
            self._platform.keep_push(channel.channel_id, retry_key, accepted=accepted)
        return ApiAnswer(content={"sentMessages": sent})

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
        refusal = Refusal(409, "The retry key is already accepted", sentMessages=accepted.sent_messages)
        refusal.answer.headers["x-line-accepted-request-id"] = accepted.request_id
        raise refusal

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
        self, context: Context, chat_id: str, body: JsonObject, *, visible: bool, event_id: str | None
    ) -> list[JsonObject]:
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
                via="reply" if event_id else "push",
                visible=visible,
                request_id=context.call.request_id,
                answers_event=event_id,
            )
            platform.add_message(message)
            entry: JsonObject = {"id": message.message_id}
            if content["type"] in QUOTABLE | {"textV2", "template", "flex"}:
                entry["quoteToken"] = platform.quote_token_for(message)
            sent.append(entry)
        return sent
