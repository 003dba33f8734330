from __future__ import annotations

import pytest

from bot.texts import Language
from knowledge.answers import Turn
from knowledge.entries import IntentCard, IntentType
from knowledge.intents.dialogue import Pending, is_cancelled, not_found, pending, question_for
from knowledge.intents.endpoints import Wanted, endpoint_of

ORDER, PHONE = Wanted("order_no", "訂單編號"), Wanted("phone", "聯絡電話")
STATUS = IntentCard(
    1, "order_status", IntentType.DATA_QUERY,
    endpoint={"url": "https://x.example/", "parameters": [
        {"name": one.name, "description": one.description} for one in (ORDER, PHONE)
    ]},
)  # fmt: skip
CANCEL = IntentCard(
    2, "cancel", IntentType.ACTION,
    endpoint={"url": "https://x.example/", "parameters": [{"name": "no", "description": "訂單編號"}]},
)  # fmt: skip
ASK_ORDER = question_for(ORDER, Language.ZH_TW)
ASK_PHONE = question_for(PHONE, Language.ZH_TW)
ASK_PHONE_AGAIN = question_for(PHONE, Language.ZH_TW, again=True)


def history(*texts: str) -> list[Turn]:
    """Turns in which customer and bot take turns, the bot having the last word."""
    return [Turn(text, from_customer=(len(texts) - at) % 2 == 0) for at, text in enumerate(texts)]


def only(*texts: str) -> Pending:
    (found,) = pending(history(*texts), [STATUS])
    return found


def test_the_bots_question_is_open() -> None:
    found = only("你好", "您好", "我的訂單呢", ASK_ORDER)
    assert (found.card, found.asked, found.opening, found.times, found.replies) == (STATUS, ORDER, "我的訂單呢", 1, {})


def test_questions_before_it_have_their_replies() -> None:
    found = only("我的訂單呢", ASK_ORDER, "A12345", ASK_PHONE, "蛤", ASK_PHONE_AGAIN)
    assert (found.asked, found.opening, found.times) == (PHONE, "我的訂單呢", 2)
    assert found.replies == {"phone": "蛤", "order_no": "A12345"}


def test_a_history_that_is_cut_off_still_tells_what_is_open() -> None:
    found = only(ASK_ORDER)
    assert (found.asked, found.opening, found.times) == (ORDER, "", 1)


def test_not_found_asks_for_the_values_once_more() -> None:
    endpoint = endpoint_of(STATUS)
    assert endpoint is not None
    found = only("我的訂單呢", ASK_ORDER, "A12345", not_found(endpoint, Language.ZH_TW))
    assert (found.asked, found.opening) == (ORDER, "我的訂單呢")


def test_a_question_in_another_language_is_known() -> None:
    found = only("Where is my order?", question_for(ORDER, Language.EN))
    assert found.language is Language.EN


@pytest.mark.parametrize("text", ["請提供您的姓名。", f"{ASK_ORDER}謝謝", "", "請提供您的訂單編號"])
def test_other_words_of_the_bot_open_nothing(text: str) -> None:
    assert pending(history("我的訂單呢", text), [STATUS, CANCEL]) == []


def test_what_the_customer_says_opens_nothing() -> None:
    assert pending([Turn(ASK_ORDER, from_customer=True)], [STATUS]) == []
    assert pending([], [STATUS]) == []


def test_several_intents_may_ask_in_the_same_words() -> None:
    assert [one.card.id for one in pending(history("取消", ASK_ORDER), [STATUS, CANCEL])] == [1, 2]


@pytest.mark.parametrize("text", ["算了", "算了。", " 取消！", "不用了～", "Never mind.", "cancel"])
def test_customers_may_leave(text: str) -> None:
    assert is_cancelled(text)


@pytest.mark.parametrize("text", ["", "取消訂單 A12345", "算了吧你們", "A12345"])
def test_not_every_word_means_leaving(text: str) -> None:
    assert not is_cancelled(text)
