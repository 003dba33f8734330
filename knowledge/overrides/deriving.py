"""Figures that a text computes from another: 兩個月押金即 24,000 元. Pure.

Where the base is another for this vendor, what was computed from it is wrong whatever it is about.
"""

from __future__ import annotations

import re

from knowledge.overrides.figures import Figure

_MARK = (
    r"(?:也就是說?|亦即|意即|即是|即為|即|等於|等同|相當於|換算|折合|共計|合計|總計|總共|總額|共|合共|算起來|"
    r"[＝=]|i\.e\.,?|that is,?|totall?ing|in total|total(?:s| of)?|equals?|equivalent to)"
)
_DIRECT = re.compile(rf"{_MARK}[ ]?(?:收取|需付|應付|要付|支付|是|為|約|要|大約)?[ ]?[：:]?[ ]?$", re.IGNORECASE)
_ANYWHERE = re.compile(
    r"也就是|亦即|等於|相當於|換算|折合|共計|合計|總計|總共|總額|例如|比如|舉例|假設|為例|以此計算|計算方式|試算|因此|所以|故|"
    r"\bfor example\b|\be\.g\.|\bso\b|\btherefore\b|\btotal\b|\bthat is\b|\bi\.e\.|[＝=×xX*]\s*\d",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"例如|比如|舉例|假設|為例|計算|試算|\bfor example\b|\be\.g\.", re.IGNORECASE)
_OPENS = re.compile(r"(?P<mark>[，,（(])[ ]?$")
_CLOSES = re.compile(
    r"[ ]?(?:整|左右|的?租金|of rent|in total)?[ ]?(?P<mark>[)）]|(?=[，,。！？!?；;\n]|\.(?:\s|$)|$))"
)


def is_derived(sentence: str, figure: Figure) -> bool:
    """Whether `figure` is said to follow from another one of its sentence or text."""
    return bool(_DIRECT.search(sentence[: figure.start]) or _ANYWHERE.search(sentence)) or _in_brackets(
        sentence, figure
    )


def _in_brackets(sentence: str, figure: Figure) -> bool:
    """Whether nothing but the figure stands in brackets: 兩個月租金（24,000 元）."""
    opens, closes = _OPENS.search(sentence[: figure.start]), _CLOSES.match(sentence, figure.end)
    return bool(opens and opens["mark"] in "（(" and closes and closes["mark"])


def cut(sentence: str, figure: Figure) -> tuple[int, int] | None:
    """The part of `sentence` that says nothing but the computed figure; None where it says more."""
    if _EXAMPLE.search(sentence):
        return None
    mark = _DIRECT.search(sentence[: figure.start])
    begins = mark.start() if mark else figure.start
    opens, closes = _OPENS.search(sentence[:begins]), _CLOSES.match(sentence, figure.end)
    if not opens or not closes or (mark is None and opens["mark"] not in "（("):
        return None
    is_bracketed = opens["mark"] in "（("
    if is_bracketed != bool(closes["mark"]):
        return None
    return opens.start("mark"), closes.end()
