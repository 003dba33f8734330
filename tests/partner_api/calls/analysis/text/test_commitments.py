"""What is a promise, when it is for, and what comes next."""

from __future__ import annotations

from typing import Any

import pytest

from partner_api.calls.analysis.text.commitments import commitments_in, next_steps_in
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.turns import Speaker, Turn


def promises(text: str) -> list[dict[str, Any]]:
    return commitments_in(sentences_of([Turn(Speaker.AGENT, None, 3.0, None, text)]))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("我明天下午三點會回電給您。", "明天下午三點"),
        ("我們會在十一月二十二日前退款給您。", "十一月二十二日前"),
        ("我會把資料寄給您。", None),
        ("I'll call you back tomorrow at 3 pm.", "tomorrow at 3 pm"),
        ("We will refund you within 3 working days.", "within 3 working days"),
        ("אני אשלח לך את החוזה מחר.", "מחר"),
        ("那我晚上再打給您,可以嗎?", "晚上"),
        ("我馬上請主管回電給您。", None),
        ("我會跟廠長報告。", None),
        ("您說得對,我會把表單寄給您。", None),
        ("I'll have my manager call you.", None),
        ("Let me send you the details.", None),
        ("I'll keep the offer on your account until Sunday.", "until Sunday"),
        ("את תקבלי את הקישור מחר.", "מחר"),
        ("נציג יתקשר אליך מחר.", "מחר"),
    ],
)
def test_a_promise_carries_its_time(text: str, when: str | None) -> None:
    [promise] = promises(text)
    assert (promise["when"] and promise["when"]["text"]) == when
    assert (promise["by"], promise["turn"], promise["start"]) == ("agent", 0, 3.0)


@pytest.mark.parametrize(
    "text",
    [
        "你會打給我嗎?",
        "我不會打給您。",
        "我會考慮看看。",
        "我會覺得不合理。",
        "如果通過,我會通知您。",
        "我幫您查一下。",
        "我家的年糕再放下去都發霉了。",
        "您同意了,我們才會動工。",
        "I'll put you on hold for a moment.",
        "I'll explain how it works.",
        "אני מתקשרת לגבי החוב.",
        "你說過會打給我。",
        "Will you call me?",
        "I won't call you.",
        "I'll think about it.",
        "If you sign, I'll send you a gift.",
        "You said you would pay.",
        "תתקשרו אליי?",
        "אני לא אשלם.",
        "אני אחשוב על זה.",
        "אם תצטרף היום, אתן לך הנחה.",
    ],
)
def test_what_only_sounds_like_a_promise_is_none(text: str) -> None:
    assert promises(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "下一步請您先簽約。",
        "幫您約下週三下午三點可以嗎?",
        "The next step is the contract.",
        "You're booked for Monday.",
        "קבענו ליום שני.",
    ],
)
def test_next_steps_need_no_promise(text: str) -> None:
    assert len(next_steps_in(sentences_of([Turn(Speaker.AGENT, None, None, None, text)]))) == 1
