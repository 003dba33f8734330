"""The checker of faults must see what it is there to see."""

from __future__ import annotations

import uuid

import pytest

from bot.line.simulator import Message, Platform
from bot.line.simulator.model import ApiCall, Sender
from tests.support.shown import Shown, inversions, shown_on, times_answered

CHANNEL, CHAT = "1", "U1"


class Chat:
    """A chat in which the account answers events."""

    def __init__(self) -> None:
        self.platform = Platform()
        self.tokens = {one: self.platform.new_reply_token(CHANNEL, CHAT, event_id=one) for one in ("A", "B", "C")}

    def show(self, *, answers: str | None = None, request: str = "r1") -> None:
        self.platform.add_message(
            Message(
                message_id=self.platform.new_message_id(),
                channel_id=CHANNEL,
                chat_id=CHAT,
                sender=Sender.ACCOUNT,
                sender_id="bot",
                content={"type": "text", "text": "好的"},
                sent_at=0,
                via="reply" if answers else "push",
                request_id=request,
                answers_event=answers,
            )
        )

    def reply(self, number: int, token_of: str) -> tuple[object, ...]:
        """A reply's row in the ledger."""
        return number, "reply", "answer", self.tokens[token_of], None


def test_one_reply_answers_all_that_it_covers_once() -> None:
    chat = Chat()
    chat.show(answers="B")
    chat.show(answers="B")
    shown = shown_on(chat.platform, ledger=[chat.reply(1, "B")], events=[("A", 1), ("B", 1), ("C", None)])
    assert times_answered(shown) == {"A": 1, "B": 1}


def test_an_event_whose_own_token_was_used_before_counts_twice() -> None:
    chat = Chat()
    chat.show(answers="A")
    chat.show(answers="B", request="r2")
    ledger = [chat.reply(1, "A"), chat.reply(2, "B")]
    assert times_answered(shown_on(chat.platform, ledger=ledger, events=[("A", 2), ("B", 2)])) == {"A": 2, "B": 1}


def test_a_push_on_top_of_a_reply_counts_twice() -> None:
    chat, key = Chat(), uuid.uuid4()
    chat.show(answers="A")
    chat.show(request="r2")
    headers = {"x-line-retry-key": str(key)}
    chat.platform.log_call(ApiCall(1, 0, "r2", "POST", "/v2/bot/message/push", headers, ""))
    ledger = [chat.reply(1, "A"), (2, "push", "answer", "", key.hex)]
    assert times_answered(shown_on(chat.platform, ledger=ledger, events=[("A", 2)])) == {"A": 2}


@pytest.mark.parametrize("answers", ["A", None])
def test_what_the_ledger_does_not_know_is_told(answers: str | None) -> None:
    chat = Chat()
    chat.show(answers=answers)
    with pytest.raises(AssertionError, match="not in the ledger"):
        shown_on(chat.platform, ledger=[], events=[("A", None)])


@pytest.mark.parametrize(
    ("covers", "found"), [(["A", "B", "C"], 0), (["AB", "C"], 0), (["B", "A", "C"], 1), (["AC", "B"], 1), (["C"], 0)]
)
def test_answers_out_of_order_are_counted(covers: list[str], found: int) -> None:
    shown = [Shown(CHAT, "reply", frozenset(one), ()) for one in covers]
    assert inversions(shown, ["A", "B", "C"]) == found
