"""Who there is on the platform: Official Accounts, users, groups, and who is a friend of whom."""

from __future__ import annotations

import secrets
from typing import TypeVar

from bot.line.simulator.errors import ImpossibleStep, UnknownThing
from bot.line.simulator.identifiers import basic_id, channel_number, line_id
from bot.line.simulator.model import Bond, Channel, Group, GroupKind, User

Thing = TypeVar("Thing")


class Directory:
    """Accounts, people and groups by id. All lookups raise UnknownThing for an id that isn't there."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self._by_token: dict[str, Channel] = {}
        self._bonds: dict[tuple[str, str], Bond] = {}
        self._last_spoke: dict[tuple[str, str], int] = {}

    def add_channel(
        self,
        name: str,
        *,
        channel_id: str | None = None,
        secret: str | None = None,
        access_token: str | None = None,
        bot_user_id: str | None = None,
        line_id_name: str | None = None,
        webhook_url: str | None = None,
        monthly_limit: int | None = None,
        picture_url: str | None = None,
    ) -> Channel:
        """A new Official Account. Whatever isn't given is made up in LINE's shape.

        `line_id_name` is its LINE ID, such as `@shop`. Raises ImpossibleStep where the id or the
        access token is taken.
        """
        channel = Channel(
            channel_id=channel_id or channel_number(),
            name=name,
            basic_id=line_id_name or basic_id(),
            bot_user_id=bot_user_id or line_id("U"),
            secret=secret or secrets.token_hex(16),
            access_token=access_token or secrets.token_urlsafe(96),
            webhook_url=webhook_url,
            monthly_limit=monthly_limit,
            picture_url=picture_url,
        )
        if channel.channel_id in self.channels or channel.access_token in self._by_token:
            raise ImpossibleStep("A channel with this id or access token exists already.")
        self.channels[channel.channel_id] = channel
        self._by_token[channel.access_token] = channel
        return channel

    def add_user(self, display_name: str, *, user_id: str | None = None, picture_url: str | None = None) -> User:
        """A new person; raises ImpossibleStep where the id is taken."""
        user = User(user_id=user_id or line_id("U"), display_name=display_name, picture_url=picture_url)
        if user.user_id in self.users:
            raise ImpossibleStep("A user with this id exists already.")
        self.users[user.user_id] = user
        return user

    def add_group(self, name: str, members: list[str], *, kind: GroupKind = GroupKind.GROUP) -> Group:
        """A new group or room with those users in it, and no Official Account yet."""
        for member in members:
            self.user(member)
        group = Group(line_id("C" if kind is GroupKind.GROUP else "R"), name, kind, list(dict.fromkeys(members)))
        self.groups[group.group_id] = group
        return group

    def channel(self, channel_id: str) -> Channel:
        return _found(self.channels, channel_id, "channel")

    def channel_of_token(self, access_token: str) -> Channel | None:
        return self._by_token.get(access_token)

    def user(self, user_id: str) -> User:
        return _found(self.users, user_id, "user")

    def group(self, group_id: str) -> Group:
        return _found(self.groups, group_id, "group or room")

    def bond(self, channel_id: str, user_id: str) -> Bond:
        return self._bonds.get((channel_id, user_id), Bond.STRANGER)

    def bonds(self) -> dict[tuple[str, str], Bond]:
        return self._bonds

    def tie(self, channel_id: str, user_id: str, *, bond: Bond) -> None:
        self._bonds[channel_id, user_id] = bond

    def note_speech(self, channel_id: str, user_id: str, *, at: int) -> None:
        """Remember when a user last wrote: for seven days an account may push to a non-friend."""
        self._last_spoke[channel_id, user_id] = at

    def last_spoke(self, channel_id: str, user_id: str) -> int | None:
        return self._last_spoke.get((channel_id, user_id))


def _found(things: dict[str, Thing], key: str, what: str) -> Thing:
    try:
        return things[key]
    except KeyError:
        raise UnknownThing(f"There is no {what} {key!r}.") from None
