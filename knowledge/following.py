"""Follow-up questions: what "那押金呢？" means after what was asked before. Pure.

A message that leans on the one before is read in several ways, the most literal first; which of them
fits is decided by what each of them finds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.answers import Turn
from knowledge.composing import smalltalk
from knowledge.retrieval.tokens import topic_terms_of

# A message of more topic characters or words than this says by itself what it is about.
LONGEST_FOLLOW_UP = 12
_LEAD = re.compile(
    r"^(?:那麼|那|所以|然後|還有|另外|至於|如果是|如果|要是|換成)+"
    r"|^(?:and|then|so|but|what about|how about|what if|and what about)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:的話)?(?:呢|咧)?[\s?？!！。.~～]*$")
_ASKS_ONLY = re.compile(
    r"多少錢?|幾[號點天日個月次樓元塊]+|怎麼(?:辦|算|做|付|去|說)?|如何|什麼時候|甚麼時候|何時|在哪裡?|哪裡|為什麼|為何|"
    r"可以嗎|行嗎|要嗎|有嗎|需要嗎|嗎|還是|這樣|這個|那個|它|費用|價格|時間"
)
_ASKED = re.compile(
    r"多少|幾[號點天日個月次樓元塊]|怎麼|如何|什麼時候|甚麼時候|何時|哪裡|在哪|為什麼|可以|可不可以|能不能|要不要|有沒有|需要|會不會"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a message. `leans`: it takes its meaning from the question before; `only_if_lost`: to
    be tried only where the literal reading finds hardly anything, since nothing says that it leans."""

    text: str
    leans: bool = False
    only_if_lost: bool = False


def readings(text: str, history: Sequence[Turn]) -> tuple[Reading, ...]:
    """How `text` may be meant, the literal reading first; it alone where nothing suggests another."""
    literal = Reading(text)
    before = _question_before(history)
    # What is no word at all, an emoji or a number, asks nothing about what was said before.
    if before is None or not any(character.isalpha() for character in text):
        return (literal,)
    topic = _topic_of(text)
    is_marked = topic != text.strip(" ?？!！。.~～")
    has_topic = bool(topic_terms_of(_ASKS_ONLY.sub("", topic)).size)
    if not has_topic:
        return (Reading(f"{before} {text}", leans=True), literal)
    if len(topic_terms_of(text)) > LONGEST_FOLLOW_UP:
        return (literal,)
    swapped = Reading(f"{topic}{_asking_part(before)}", leans=True, only_if_lost=not is_marked)
    joined = Reading(f"{before} {topic}", leans=True, only_if_lost=not is_marked)
    return (literal, swapped, joined) if swapped.text != topic else (literal, joined)


def asks(text: str) -> bool:
    """Whether `text` reads like a question rather than like something told."""
    return text.rstrip().endswith(("?", "？", "嗎", "呢")) or bool(_ASKED.search(text))


def _question_before(history: Sequence[Turn]) -> str | None:
    said = (turn.text.strip() for turn in reversed(history) if turn.from_customer)
    return next((text for text in said if text and smalltalk.kind_of(text) is None), None)


def _topic_of(text: str) -> str:
    """The message without the words that lean on what was said before; itself where nothing else is left."""
    return _TAIL.sub("", _LEAD.sub("", text.strip())).strip() or text.strip()


def _asking_part(question: str) -> str:
    """What a question asks of its topic: `幾點開門` of `你們週六幾點開門`."""
    found = _ASKED.search(question)
    return question[found.start() :] if found else ""
