"""The rich menus of all channels, and which user sees which."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from bot.line.simulator.model import JsonObject, RichMenu


class MenuShelf:
    """Rich menus by id, and links from (channel id, user id) to one of them."""

    def __init__(self) -> None:
        self._menus: dict[str, RichMenu] = {}
        self._links: dict[tuple[str, str], str] = {}

    def add(self, channel_id: str, content: JsonObject) -> RichMenu:
        menu = RichMenu(f"richmenu-{secrets.token_hex(16)}", channel_id, content)
        self._menus[menu.rich_menu_id] = menu
        return menu

    def find(self, rich_menu_id: str) -> RichMenu | None:
        return self._menus.get(rich_menu_id)

    def of_channel(self, channel_id: str) -> list[RichMenu]:
        return [menu for menu in self._menus.values() if menu.channel_id == channel_id]

    def remove(self, rich_menu_id: str) -> None:
        """Take a menu away, also from everyone who sees it."""
        del self._menus[rich_menu_id]
        self._links = {key: linked for key, linked in self._links.items() if linked != rich_menu_id}

    def link(self, menu: RichMenu, *, user_id: str) -> None:
        self._links[menu.channel_id, user_id] = menu.rich_menu_id

    def unlink(self, channel_id: str, user_id: str) -> None:
        self._links.pop((channel_id, user_id), None)

    def linked(self, channel_id: str, user_id: str) -> RichMenu | None:
        """The menu that this user sees in the chat with the account."""
        return self._menus.get(self._links.get((channel_id, user_id), ""))

    def links(self) -> Iterable[tuple[tuple[str, str], RichMenu]]:
        return [(key, self._menus[linked]) for key, linked in self._links.items()]
