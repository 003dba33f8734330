"""Whether a group's message is meant for the bot (silent unless called). Pure."""

from __future__ import annotations

import unicodedata

from bot.line.events import TextContent


def addressed_text(content: TextContent, *names: str) -> str | None:
    """What was said to the bot: the text without the mention or the name; None when it wasn't called.

    LINE's mention carries `isSelf`; people also type the shop's name or the word that calls it, with or
    without an @, in whatever width their keyboard gives.
    """
    if content.mentions_bot:
        return _without_mentions(content)
    text = unicodedata.normalize("NFKC", content.text).strip()
    for name in names:
        called = unicodedata.normalize("NFKC", name).strip()
        for prefix in (f"@{called}", called):
            if called and text.casefold().startswith(prefix.casefold()):
                return text[len(prefix) :].lstrip(" ,:，：、").strip()
    return None


def _without_mentions(content: TextContent) -> str:
    """Cut the bot's mentions out; their places count UTF-16 code units."""
    units = content.text.encode("utf-16-le", "surrogatepass")
    for mention in sorted(content.mentions, key=lambda mention: mention.index or 0, reverse=True):
        if mention.is_self and mention.index is not None and mention.length is not None:
            start, end = mention.index * 2, (mention.index + mention.length) * 2
            if 0 <= start < end:
                units = units[:start] + units[end:]
    return units.decode("utf-16-le", "replace").strip()
