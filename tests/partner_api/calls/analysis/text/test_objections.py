"""What is an objection, of which kind, and whether it was replied to."""

from __future__ import annotations

from typing import Any

import pytest

from partner_api.calls.analysis.text.objections import kinds, kinds_in, objections_in
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.turns import Speaker, Turn


def objections(*turns: tuple[str, str]) -> list[dict[str, Any]]:
    return objections_in(sentences_of([Turn(who, None, None, None, text) for who, text in turns]))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("這個太貴了", "price"),
        ("怎麼這麼貴?", "price"),
        ("it's out of my budget", "price"),
        ("המחיר גבוה", "price"),
        ("我在開車", "time"),
        ("I'm really busy", "time"),
        ("אני באמצע פגישה", "time"),
        ("我用不到", "need"),
        ("I'm not interested", "need"),
        ("אני לא מעוניינת", "need"),
        ("我不相信你們", "trust"),
        ("is this a scam?", "trust"),
        ("זה נשמע כמו עוקץ", "trust"),
        ("别家比较便宜", "competitor"),
        ("it's cheaper on Amazon", "competitor"),
        ("אצל המתחרים זה פחות", "competitor"),
        ("我要問我先生", "authority"),
        ("I need to ask my manager", "authority"),
        ("אני צריכה לדבר עם בעלי", "authority"),
        ("我再看看好了", "time"),
        ("之後再說吧", "time"),
        ("我家裡已經有一台了", "need"),
        ("這我不能決定", "authority"),
        ("我們已經有配合的廠商了", "competitor"),
        ("你們每次都這樣講", "trust"),
        ("we can't justify that right now", "price"),
        ("I need to sleep on it", "time"),
        ("I hardly ever use it", "need"),
        ("I've been burned before", "trust"),
        ("he can get that on the app", "competitor"),
        ("my wife handles the finances", "authority"),
        ("Wednesday's no good, could I come on Thursday?", "time"),
        ("זה כסף שאין לי", "price"),
        ("אני צריכה לחשוב על זה", "time"),
        ("אנחנו מרוצים ממה שיש לנו", "need"),
        ("אני לא כל כך מאמינה לזה", "trust"),
        ("קיבלתי הצעה יותר זולה", "competitor"),
        ("בעלי הוא זה שמחליט", "authority"),
    ],
)
def test_every_kind_in_every_language(text: str, kind: str) -> None:
    assert kind in {found["kind"] for found in objections((Speaker.CUSTOMER, text))}


@pytest.mark.parametrize(
    "text",
    [
        "不會太貴",
        "一點都不貴",
        "這個價格不算貴",
        "請問貴姓",
        "有沒有比較便宜的?",
        "我時間很多",
        "不需要擔心",
        "it's not expensive",
        "it isn't too expensive",
        "is it expensive?",
        "I have plenty of time",
        "it's not a scam",
        "לא יקר",
        "המחיר לא כל כך יקר",
        "זו לא הונאה",
        "我三點到四點在開會",
        "you can find it on the website",
        "I can get it on Friday",
        "אני מקבל משכורת באמצע החודש",
    ],
)
def test_what_only_sounds_like_one_is_none(text: str) -> None:
    assert objections((Speaker.CUSTOMER, text)) == []


def test_an_agent_raises_none() -> None:
    assert objections((Speaker.AGENT, "很多人說太貴了")) == []


@pytest.mark.parametrize(
    ("reply", "handled"), [("其實我們可以分十二期零利率", True), ("好的", False), ("是喔?", False)]
)
def test_an_objection_is_handled_by_a_reply_that_says_something(reply: str, handled: bool) -> None:
    assert [one["handled"] for one in objections((Speaker.CUSTOMER, "太貴了"), (Speaker.AGENT, reply))] == [handled]


def test_without_an_agent_nobody_knows_whether_it_was_handled() -> None:
    assert [one["handled"] for one in objections((Speaker.UNKNOWN, "太貴了"))] == [None]


def test_the_kinds_are_the_same_in_every_language() -> None:
    assert kinds() == ("price", "time", "need", "trust", "competitor", "authority")
    assert kinds_in(sentences_of([Turn(Speaker.CUSTOMER, None, None, None, "123")])[0]) == []
