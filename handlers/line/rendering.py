"""An answer's text as messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import SHOP_TIME
from bot.line.messages import Action, FlexMessage, MessageAction, text_messages
from bot.texts import Language, say
from handlers.line.listing import card_of
from handlers.line.responses import Message
from knowledge.engine import Answer, Outcome

MOST_SUGGESTIONS = 4


def messages_for(text: str, quick_replies: Sequence[Action] = ()) -> tuple[Message, ...]:
    """Up to five messages, the buttons on the last."""
    return tuple(text_messages(text, quick_replies))


def answer_messages(text: str, language: Language, quick_replies: Sequence[Action] = ()) -> tuple[Message, ...]:
    """An answer as a card where it is a list, else as text; the buttons below it."""
    card = card_of(text, language)
    if card is None:
        return messages_for(text, quick_replies)
    return (FlexMessage(card.text, card.contents, tuple(quick_replies)),)


def knows_nothing(answer: Answer) -> bool:
    """Whether an answer says that there is none."""
    return answer.outcome in (Outcome.UNKNOWN, Outcome.OUT_OF_SCOPE)


def suggestions_of(answer: Answer | None, person: Language | None = None) -> tuple[Action, ...]:
    """Questions that fit the answer, to tap; where there was none, a person of the shop, if `person` is a language."""
    if answer is None:
        return ()
    if person is not None and knows_nothing(answer):
        words = say("handover.ask", person)
        return (MessageAction(label=words, text=words),)
    return tuple(MessageAction(label=question, text=question) for question in answer.suggestions[:MOST_SUGGESTIONS])


def local(moment: datetime) -> str:
    """A moment as people in Taiwan read it: 11/22 18:05."""
    return f"{moment.astimezone(SHOP_TIME):%m/%d %H:%M}"
