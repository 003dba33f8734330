"""What of a conversation is still open: a value that the bot asked for and hasn't been given yet. Pure.

Nothing is stored. The bot's last words tell: where they are exactly the question for a parameter, the next
message may be its answer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from bot.texts import Language, say, words_of
from knowledge.answers import Turn
from knowledge.entries import IntentCard
from knowledge.intents.endpoints import Endpoint, Wanted, endpoint_of

ASK, ASK_AGAIN = "system.ask", "system.ask_again"


@dataclass(frozen=True, slots=True)
class Pending:
    """An intent whose parameter `asked` was asked for last, `times` times in a row.

    `opening` is what the customer had said before the first of its questions, "" where the history doesn't
    reach back so far; `replies` are the turns that answered questions before, by parameter.
    """

    card: IntentCard
    endpoint: Endpoint
    asked: Wanted
    language: Language
    times: int
    opening: str
    replies: Mapping[str, str]


def question_for(wanted: Wanted, language: Language, *, again: bool = False) -> str:
    """How a customer is asked for a value."""
    return say(ASK_AGAIN if again else ASK, language, what=wanted.called)


def pending(history: Sequence[Turn], cards: Iterable[IntentCard]) -> list[Pending]:
    """What is open after `history` (oldest first): more than one where several intents ask in the same words."""
    if not history or history[-1].from_customer:
        return []
    found = []
    for card in cards:
        endpoint = endpoint_of(card)
        asked = _asked(history[-1].text, endpoint) if endpoint else None
        if endpoint and asked:
            found.append(_traced(history, card, endpoint, asked=asked))
    return found


def is_cancelled(text: str) -> bool:
    """Whether `text` says that the customer doesn't want it any more, and nothing else."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum()) in _heard_cancel()


@cache
def _heard_cancel() -> frozenset[str]:
    heard = words_of("system.heard_cancel")
    return frozenset("".join(character for character in word if character.isalnum()) for word in heard)


def not_found(endpoint: Endpoint, language: Language) -> str:
    """What is said where the system knows nothing of what was asked; it asks for the values once more."""
    checked = _to_check(endpoint)
    if not checked:
        return say("system.nothing_found", language)
    what = say("system.between", language).join(wanted.called for wanted in checked)
    return say("system.not_found", language, what=what)


def _to_check(endpoint: Endpoint) -> list[Wanted]:
    return [wanted for wanted in endpoint.parameters if wanted.required] or list(endpoint.parameters)


def _asked(text: str, endpoint: Endpoint) -> tuple[Wanted, Language] | None:
    """The parameter that `text` asks for, and in which language."""
    said = text.strip()
    for language in Language:
        for wanted in endpoint.parameters:
            if said in (question_for(wanted, language), question_for(wanted, language, again=True)):
                return wanted, language
        if endpoint.parameters and said == not_found(endpoint, language):
            return _to_check(endpoint)[0], language
    return None


def _traced(
    history: Sequence[Turn], card: IntentCard, endpoint: Endpoint, *, asked: tuple[Wanted, Language]
) -> Pending:
    """Follow the questions back to where they began."""
    replies: dict[str, str] = {}
    opening = ""
    names: list[str] = []
    for question, said in _exchanges(history):
        before = _asked(question, endpoint)
        if before is None:
            break
        if names:
            replies.setdefault(before[0].name, opening)
        names.append(before[0].name)
        opening = said
        if not said:
            break
    times = len(list(takewhile(asked[0].name.__eq__, names)))
    return Pending(card, endpoint, asked[0], asked[1], times=times, opening=opening, replies=replies)


def _exchanges(history: Sequence[Turn]) -> Iterator[tuple[str, str]]:
    """What the bot said and what the customer had said just before it, the newest first."""
    at = len(history) - 1
    while at >= 0:
        question = history[at].text
        at -= 1
        said = ""
        while at >= 0 and history[at].from_customer:
            said = said or history[at].text
            at -= 1
        yield question, said
