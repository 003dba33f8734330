"""What a customer and a person of the shop say to each other, as messages to the other side. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.line.events import MediaContent, MediaKind, MessageEvent, TextContent
from bot.line.messages import Action, TextMessage
from bot.line.splitting import clipped, split_text
from bot.line.wording import is_blank, showable
from bot.texts import Language, say
from handlers.line.repository import Said

# What of each message is shown where a conversation is only looked at.
SHOWN = 120
_PHONE = re.compile(
    r"(?<!\d)(?:\+?886[- ]?|0)(?:9\d{2}[- ]?\d{3}[- ]?\d{3}|[2-8]\d{0,2}[- ]?\d{3,4}[- ]?\d{3,4})(?!\d)"
)


def described(event: MessageEvent, language: Language) -> str:
    """What somebody sent, in words: a text as it is, anything else as what it is."""
    content = event.content
    if isinstance(content, TextContent):
        return content.text
    if not isinstance(content, MediaContent):
        return say("handover.sent_unknown", language)
    more = {
        MediaKind.FILE: content.file_name,
        MediaKind.STICKER: content.text or next(iter(content.keywords), None),
        MediaKind.LOCATION: " ".join(part for part in (content.title, content.address) if part),
    }.get(content.kind)
    if more and not is_blank(more):
        return say(f"handover.sent_{content.kind}_named", language, name=clipped(more, limit=200))
    return say(f"handover.sent_{content.kind}", language)


def to_staff(
    name: str, words: Sequence[str], language: Language, *, buttons: Sequence[Action] = ()
) -> list[TextMessage]:
    """A customer's words with their name before them; several at once in one message."""
    if len(words) == 1:
        return _verbatim(say("handover.says", language, name=name, text=words[0]), buttons)
    return _verbatim("\n".join([say("handover.says_in_a_row", language, name=name), *words]), buttons)


def to_customer(text: str, language: Language) -> list[TextMessage]:
    """The words of a person of the shop, under a name that says so."""
    return _verbatim(text, (), sender=say("handover.staff_sender", language))


def transcript(said: Sequence[Said], name: str, language: Language) -> str:
    """A line for each message of a conversation; empty where there is none."""
    lines = []
    for one in said:
        who = name if one.direction == "in" else say(f"handover.by_{one.author or 'bot'}", language)
        text = clipped(" ".join(one.text.split()), limit=SHOWN)
        line = say("handover.says", language, name=who, text=text)
        failed = one.sources is not None and one.sources.get("failed")
        lines.append(say("handover.not_arrived", language, line=line) if failed else line)
    return "\n".join(lines)


def phone_in(texts: Sequence[str]) -> str | None:
    """The latest Taiwanese phone number that somebody wrote."""
    for text in reversed(texts):
        found = _PHONE.findall(unicodedata.normalize("NFKC", text))
        if found:
            return str(found[-1])
    return None


def _verbatim(text: str, buttons: Sequence[Action], *, sender: str = "") -> list[TextMessage]:
    """A person's words as they stand: nothing in them is taken for formatting."""
    parts = [part for part in split_text(showable(text)) if not is_blank(part)]
    return [
        TextMessage(part, tuple(buttons) if at == len(parts) - 1 else (), sender=sender)
        for at, part in enumerate(parts)
    ]
