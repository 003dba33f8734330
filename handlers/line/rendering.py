"""An answer's text as messages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.line.messages import Action, MessageAction, text_messages
from handlers.line.responses import Message
from knowledge.engine import Answer

MOST_SUGGESTIONS = 4


def messages_for(text: str, quick_replies: Sequence[Action] = ()) -> tuple[Message, ...]:
    """Up to five messages, the buttons on the last."""
    return tuple(text_messages(text, quick_replies))


def suggestions_of(answer: Answer | None) -> tuple[Action, ...]:
    """Questions that fit the answer, to tap."""
    if answer is None:
        return ()
    return tuple(MessageAction(label=question, text=question) for question in answer.suggestions[:MOST_SUGGESTIONS])
