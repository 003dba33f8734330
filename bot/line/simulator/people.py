"""What people do in the LINE app. Each step changes the chats and yields the event that the Official
Account is told, ready to be delivered; a step that the app doesn't allow raises ImpossibleStep."""

from __future__ import annotations

from collections.abc import Sequence

from bot.line.simulator.errors import ImpossibleStep, InvalidStep
from bot.line.simulator.events import Where, event_of, message_content, source_of
from bot.line.simulator.model import Blob, Bond, JsonObject, Message, Occurrence, Sender
from bot.line.simulator.platform import Platform
from bot.line.simulator.rules.counting import utf16_units

MAX_TEXT = 5000
MAX_POSTBACK = 300
EVERYONE = "all"


class People:
    """The hands of every user of a platform.

    A chat is a user's own id for the 1:1 chat with the account, or a group's or room's id. A step in a
    group that the Official Account isn't in is seen there but tells nobody: the answer is then None.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._directory = platform.directory

    # Messages

    def say(
        self,
        where: Where,
        text: str,
        *,
        quoted_message_id: str | None = None,
        mentions: Sequence[str] = (),
    ) -> Occurrence | None:
        """Write a text. `mentions` names users, bot user ids or "all" whose `@name` stands in the text.

        Raises InvalidStep for an empty text, one above 5,000 UTF-16 units, or a mention that isn't in it.
        """
        if not text or utf16_units(text) > MAX_TEXT:
            raise InvalidStep("A text has 1 to 5,000 characters.")
        content: JsonObject = {"type": "text", "text": text}
        if mentions:
            content["mention"] = {"mentionees": [self._mentionee(where, text, name=name) for name in mentions]}
        if quoted_message_id:
            content["quotedMessageId"] = self._platform.message(quoted_message_id).message_id
        return self.send(where, content)

    def send(
        self, where: Where, content: JsonObject, *, data: bytes | None = None, content_type: str = "image/jpeg"
    ) -> Occurrence | None:
        """Send any message: `content` is the webhook's message object without id and tokens. `data` is
        what the bot then can download."""
        user_id = self._may_write(where)
        told = self._told(where)
        platform = self._platform
        message = Message(
            message_id=platform.new_message_id(),
            channel_id=where.channel_id if told else None,
            chat_id=where.chat_id,
            sender=Sender.USER,
            sender_id=user_id,
            content=content,
            sent_at=platform.now(),
        )
        if data is not None:
            platform.blobs[message.message_id] = Blob(data, content_type, ready_at=platform.now())
        self._directory.note_speech(where.channel_id, user_id, at=platform.now())
        occurrence = None
        if told:
            fields = {"message": message_content(platform, message)}
            occurrence = event_of(platform, where, kind="message", fields=fields, message=message)
        platform.add_message(message)
        return occurrence

    def unsend(self, message_id: str) -> Occurrence | None:
        """Take a message back within 24 hours."""
        message = self._own_message(message_id)
        age = self._platform.now() - message.sent_at
        if message.unsent or age > self._platform.rules.unsend_window.total_seconds() * 1000:
            raise ImpossibleStep("A message can be unsent once, within 24 hours.")
        message.unsent = True
        self._platform.tell("message", message)
        if message.channel_id is None:
            return None
        where = Where(message.channel_id, message.chat_id, message.sender_id)
        return event_of(self._platform, where, kind="unsend", fields={"unsend": {"messageId": message_id}})

    def edit(self, message_id: str, *, text: str) -> Occurrence | None:
        """Change the text of a message in a group; LINE tells accounts of edits only there."""
        message = self._own_message(message_id)
        if message.chat_id.startswith("U") or message.content["type"] != "text" or message.unsent:
            raise ImpossibleStep("Only texts in a group can be edited.")
        if not text or utf16_units(text) > MAX_TEXT:
            raise InvalidStep("A text has 1 to 5,000 characters.")
        message.content = {**message.content, "text": text}
        message.edited = True
        self._platform.tell("message", message)
        if message.channel_id is None:
            return None
        where = Where(message.channel_id, message.chat_id, message.sender_id)
        fields = {"message": message_content(self._platform, message)}
        return event_of(self._platform, where, kind="messageEdited", fields=fields)

    def postback(
        self, where: Where, data: str, *, display_text: str | None = None, params: JsonObject | None = None
    ) -> Occurrence | None:
        """Tap something with a postback action; its `display_text` appears as the person's message."""
        user_id = self._may_write(where)
        if not data or len(data) > MAX_POSTBACK:
            raise InvalidStep("Postback data has 1 to 300 characters.")
        if display_text:
            # LINE shows the text in the chat but sends no message event for it.
            shown = Message(
                message_id=self._platform.new_message_id(),
                channel_id=where.channel_id,
                chat_id=where.chat_id,
                sender=Sender.USER,
                sender_id=user_id,
                content={"type": "text", "text": display_text},
                sent_at=self._platform.now(),
                via="postback",
            )
            self._platform.add_message(shown)
        if not self._told(where):
            return None
        postback: JsonObject = {"data": data, **({"params": params} if params else {})}
        return event_of(self._platform, where, kind="postback", fields={"postback": postback})

    # Friendship

    def follow(self, channel_id: str, user_id: str) -> Occurrence:
        """Add the account as a friend, or unblock it."""
        before = self._directory.bond(self._directory.channel(channel_id).channel_id, user_id)
        if before is Bond.FRIEND:
            raise ImpossibleStep("This user is a friend of the account already.")
        self._directory.user(user_id)
        self._directory.tie(channel_id, user_id, bond=Bond.FRIEND)
        unblocked = before is Bond.BLOCKED
        self._platform.add_notice(channel_id, user_id, what="unblocked" if unblocked else "followed", userId=user_id)
        self._platform.tell("directory", None)
        fields = {"follow": {"isUnblocked": unblocked}}
        return event_of(self._platform, Where(channel_id, user_id, user_id), kind="follow", fields=fields)

    def block(self, channel_id: str, user_id: str) -> Occurrence:
        """Block the account: it is told once, and nothing it sends appears any more."""
        self._directory.channel(channel_id)
        self._directory.user(user_id)
        if self._directory.bond(channel_id, user_id) is Bond.BLOCKED:
            raise ImpossibleStep("This user blocks the account already.")
        self._directory.tie(channel_id, user_id, bond=Bond.BLOCKED)
        self._platform.add_notice(channel_id, user_id, what="blocked", userId=user_id)
        self._platform.tell("directory", None)
        return event_of(self._platform, Where(channel_id, user_id, user_id), kind="unfollow", fields={})

    # Groups

    def invite_account(self, channel_id: str, group_id: str) -> Occurrence:
        """Bring the Official Account into a group; only one can be in a group at a time."""
        self._directory.channel(channel_id)
        group = self._directory.group(group_id)
        if group.channel_id is not None:
            raise ImpossibleStep("There is an Official Account in this group already.")
        group.channel_id = channel_id
        self._platform.add_notice(channel_id, group_id, what="accountJoined", channelId=channel_id)
        self._platform.tell("directory", None)
        return event_of(self._platform, Where(channel_id, group_id), kind="join", fields={})

    def remove_account(self, group_id: str) -> Occurrence:
        """Take the Official Account out of a group."""
        group = self._directory.group(group_id)
        if group.channel_id is None:
            raise ImpossibleStep("There is no Official Account in this group.")
        channel_id, group.channel_id = group.channel_id, None
        self._platform.add_notice(channel_id, group_id, what="accountLeft", channelId=channel_id)
        self._platform.tell("directory", None)
        return event_of(self._platform, Where(channel_id, group_id), kind="leave", fields={})

    def join_group(self, group_id: str, user_id: str) -> Occurrence | None:
        group = self._directory.group(group_id)
        if self._directory.user(user_id).user_id in group.members:
            raise ImpossibleStep("This user is in the group already.")
        group.members.append(user_id)
        return self._membership(group_id, user_id, kind="memberJoined")

    def leave_group(self, group_id: str, user_id: str) -> Occurrence | None:
        group = self._directory.group(group_id)
        if user_id not in group.members:
            raise ImpossibleStep("This user isn't in the group.")
        group.members.remove(user_id)
        return self._membership(group_id, user_id, kind="memberLeft")

    def raw(self, channel_id: str, event: JsonObject) -> Occurrence:
        """An event as given, for what the simulator has no word for; it is sent unchanged."""
        source = event.get("source")
        named = source if isinstance(source, dict) else {}
        chat_id = str(named.get("groupId") or named.get("roomId") or named.get("userId") or "")
        return Occurrence(self._directory.channel(channel_id).channel_id, chat_id, event)

    # What the steps share

    def _membership(self, group_id: str, user_id: str, *, kind: str) -> Occurrence | None:
        group = self._directory.group(group_id)
        self._platform.add_notice(group.channel_id, group_id, what=kind, userId=user_id)
        self._platform.tell("directory", None)
        if group.channel_id is None:
            return None
        fields = {"joined" if kind == "memberJoined" else "left": {"members": [source_of(user_id, user_id)]}}
        return event_of(self._platform, Where(group.channel_id, group_id), kind=kind, fields=fields)

    def _may_write(self, where: Where) -> str:
        """The writer's id, if the app lets them write in that chat."""
        user_id = self._directory.user(where.user_id or where.chat_id).user_id
        if not where.chat_id.startswith("U"):
            if user_id not in self._directory.group(where.chat_id).members:
                raise ImpossibleStep("Only members can write in a group.")
        elif where.chat_id != user_id:
            raise ImpossibleStep("A 1:1 chat belongs to its own user.")
        elif self._directory.bond(self._directory.channel(where.channel_id).channel_id, user_id) is Bond.BLOCKED:
            raise ImpossibleStep("This user blocks the account; the app asks to unblock it first.")
        return user_id

    def _told(self, where: Where) -> bool:
        if where.chat_id.startswith("U"):
            return True
        return self._directory.group(where.chat_id).channel_id == where.channel_id

    def _own_message(self, message_id: str) -> Message:
        message = self._platform.message(message_id)
        if message.sender is not Sender.USER:
            raise ImpossibleStep("Only a user's own message can be changed.")
        return message

    def _mentionee(self, where: Where, text: str, *, name: str) -> JsonObject:
        """Where the mention of a user, the account or everyone stands, counted in UTF-16 units."""
        channel = self._directory.channel(where.channel_id)
        if name == EVERYONE:
            shown, who = "@All", JsonObject(type=EVERYONE)
        elif name == channel.bot_user_id:
            shown, who = f"@{channel.name}", JsonObject(type="user", userId=name, isSelf=True)
        else:
            shown = f"@{self._directory.user(name).display_name}"
            who = JsonObject(type="user", userId=name, isSelf=False)
        start = text.find(shown)
        if start < 0:
            raise InvalidStep(f"The mention {shown!r} doesn't stand in the text.")
        return {"index": utf16_units(text[:start]), "length": utf16_units(shown), **who}
