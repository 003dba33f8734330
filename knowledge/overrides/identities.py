"""Accounts, addresses and passwords: what a shared text gives of its own where the vendor has another. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.overrides.concepts import OUTSIDERS, SUBJECTS, terms_of
from knowledge.overrides.figures import Kind, figures_in
from knowledge.overrides.named import Named
from knowledge.parameters import ParameterType, without_placeholders

_LEAST_DIGITS = 9
# Each with how a parameter for it is named, what a text must speak of, and how such a thing is written.
_IDENTITIES = (
    (
        re.compile(r"帳號|帳戶|account", re.IGNORECASE),
        re.compile(r"匯|轉帳|轉入|帳號|帳戶|銀行|郵局|account|transfer", re.IGNORECASE),
        re.compile(r"(?<![\d\-])\d[\d\- ]{7,28}\d(?![\d\-])"),
    ),
    (
        re.compile(r"地址|位置|address", re.IGNORECASE),
        re.compile(r""),
        re.compile(r"[\u3400-\u9fff]{1,8}[路街段巷弄道村里][ ]?[\d一二三四五六七八九十百]{1,5}(?:[ ]?[-之]\d+)?[ ]?號"),
    ),
    (
        re.compile(r"密碼|password|passcode", re.IGNORECASE),
        re.compile(r"密碼|password|passcode", re.IGNORECASE),
        re.compile(r"(?:密碼|password|passcode)[ ]?(?:是|為|：|:|is)?[ ]?[A-Za-z0-9@#!_\-]{4,}", re.IGNORECASE),
    ),
)  # fmt: skip
_BEFORE_ROAD = re.compile(r"[在於是址為到至市縣區]")
_OTHER_NUMBER = re.compile(r"(?:編號|訂單|統編|單號|代碼)[^\d，。；]{0,4}$")
_LABEL = re.compile(r"^(?:密碼|password|passcode)[ ]?(?:是|為|：|:|is)?[ ]?", re.IGNORECASE)


def differs(sentence: str, parameters: Sequence[Named], *, topic: str) -> bool:
    """Whether `sentence` gives an account, address or password that is none of the vendor's."""
    plain = without_placeholders(sentence)
    return any(
        _differs(plain, named, topic=topic, written=written)
        for name, spoken, written in _IDENTITIES
        if spoken.search(plain) or spoken.search(topic)
        for named in parameters
        if name.search(named.parameter.display_name or "") and named.parameter.type is not ParameterType.BOOL
    )


def _differs(sentence: str, named: Named, *, topic: str, written: re.Pattern[str]) -> bool:
    known = _plain(named.parameter.value)
    for found in written.finditer(sentence):
        said = _BEFORE_ROAD.split(_plain(_LABEL.sub("", found[0])))[-1]
        if said in known or known in said:
            continue
        is_account = found[0][0].isdigit()
        if is_account and (len(said) < _LEAST_DIGITS or _is_a_phone(found, sentence)):
            continue
        if is_account and _OTHER_NUMBER.search(sentence[: found.start()]):
            continue
        is_of_another = OUTSIDERS.search(sentence[: found.start()]) and not is_account
        if not is_of_another and not (terms_of(sentence) & SUBJECTS) - named.all_terms - terms_of(topic) - _ANY:
            return True
    return False


# What a sentence may speak of beside an account or an address without giving another one's.
_ANY = frozenset({"訂金", "運費", "退款", "預約", "網路", "發票", "押金", "取消", "保留", "會員", "合約"})


def _is_a_phone(found: re.Match[str], sentence: str) -> bool:
    return any(
        figure.kind in (Kind.PHONE, Kind.DATE) and figure.start < found.end() and found.start() < figure.end
        for figure in figures_in(sentence)
    )


def _plain(text: str) -> str:
    """`text` without what may be written or not: spaces, dashes and brackets; 臺 as 台."""
    return re.sub(r"[\s\-()（）之]", "", text).replace("臺", "台").lower()
