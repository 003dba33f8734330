"""Whether a group's message is meant for the bot (silent unless called), and how it is called. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.line.events import TextContent
from bot.models import Bot

_AFTER_A_NAME = " \t\u3000,:，：、"


def calling_word(bot: Bot) -> str:
    """The word that people in groups are told to call a bot by."""
    return bot.trigger_word or bot.store_name


def addressed_text(content: TextContent, *names: str) -> str | None:
    """What was said to the bot: the text without the mention or the name; None when it wasn't called.

    LINE's mention carries `isSelf`, but people also type the shop's name or the word that calls it: at the
    beginning, or with an @ anywhere, in whatever width their keyboard gives.
    """
    if content.mentions_bot:
        return _without_mentions(content)
    plain, places = _plain(content.text)
    for name in sorted(names, key=len, reverse=True):
        found = _call(_plain(name)[0].strip(), plain)
        if found is not None:
            start, end = (places[at] for at in found)
            before, after = content.text[:start].strip(), content.text[end:].lstrip(_AFTER_A_NAME).strip()
            return f"{before} {after}".strip()
    return None


def _plain(text: str) -> tuple[str, list[int]]:
    """A text as comparing wants it (NFKC, without case), and where in `text` each of its characters stands."""
    characters, places = [], []
    for at, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character).casefold():
            characters.append(one)
            places.append(at)
    return "".join(characters), [*places, len(text)]


def _call(name: str, plain: str) -> tuple[int, int] | None:
    """Where in a plain text the bot is called by this name, and where the call ends."""
    if not name:
        return None
    # A name in letters ends where a word ends; Chinese has no such mark.
    ends = r"(?![a-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    spelt = re.escape(name) + ends
    found = re.match(rf"\s*@?\s*{spelt}", plain) or re.search(rf"@\s*{spelt}", plain)
    return found.span() if found is not None else None


def _without_mentions(content: TextContent) -> str:
    """Cut the bot's mentions out; their places count UTF-16 code units."""
    units = content.text.encode("utf-16-le", "surrogatepass")
    for mention in sorted(content.mentions, key=lambda mention: mention.index or 0, reverse=True):
        if mention.is_self and mention.index is not None and mention.length is not None:
            start, end = mention.index * 2, (mention.index + mention.length) * 2
            if 0 <= start < end:
                units = units[:start] + units[end:]
    return units.decode("utf-16-le", "replace").strip()
