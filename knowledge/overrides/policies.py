"""Values in words: what a vendor allows, offers and accepts, held against what a shared text says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.numerals import Dimension
from knowledge.overrides.concepts import CASES, leading, terms_of, unknown_in
from knowledge.overrides.named import Named
from knowledge.parameters import Parameter, ParameterType

_NO = re.compile(
    r"不可|不能|不得|不行|不開放|不提供|不支援|不接受|不收|不允許|不適用|不歡迎|禁止|謝絕|恕不|恕無法|無法|沒有|沒辦法|請勿|尚未|暫不|未提供|"
    r"全面禁|禁菸|禁煙|\bnot\b|\bno\b|\bcannot\b|n't\b|prohibited|forbidden|\bnever\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"可以|可(?![能惜是否])|能夠|歡迎|允許|開放|提供|支援|接受|備有|設有|附有|都有|有[一二兩三四五六七八九十幾數\d]|^有|有的|沒問題|沒有問題|友善|"
    r"\bcan\b|\bmay\b|allowed|welcome|accept|available|friendly|permitted|\byes\b",
    re.IGNORECASE,
)
_ANSWER_NO = re.compile(
    r"^(?:不好意思|抱歉|很抱歉|對不起)?[，, ]*(?:不可以?|不行|不能|沒有(?!問題)|無法|恕|不是|no\b|sorry)", re.IGNORECASE
)
_ANSWER_YES = re.compile(
    r"^(?:是的?|對|沒錯|沒問題|可以|可|有的?|當然|好的?|會的?|歡迎|yes\b|sure\b|of course)", re.IGNORECASE
)
_CONDITION = re.compile(r"如果|若|萬一|未經|否則|\bif\b|\bunless\b", re.IGNORECASE)
_QUESTIONED = re.compile(r"可(?:不可)?以|能不能|可否|是否|有沒有|有無|嗎|\bcan\b|\bdo you\b|\ballowed\b", re.IGNORECASE)
_WAIVER = re.compile(
    r"(?:免收|不收|不另收|不加收|免付|免|無須|無需|不需|不用|不必|沒有)(?:額外|另外|支付|付|收取?|任何|繳交?)?(?:[\d.]+[%％]|[一二三]成)?的?(?P<charge>.{2,20})"
)
_CHARGED = frozenset({Dimension.MONEY, Dimension.PERCENT})
_CLAUSE = re.compile(r"[^，,。！？!?；;\n]+")
_LIST = re.compile(r"[^，。！？!?；;、\n]{1,12}(?:、[^，。！？!?；;、\n]{1,12})+")
_STATES = re.compile(r"[ ]?(?:為|是|在|位於|：|:|\bis\b)")
# Ways to pay, each in the words that people use for it.
_METHODS = {
    "現金": r"現金|付現|\bcash\b", "轉帳": r"轉帳|轉賬|匯款|\bATM\b|bank transfer|wire",
    "信用卡": r"信用卡|刷卡|credit cards?",
    "超商": r"超商|便利商店|convenience store", "LINE Pay": r"line ?pay", "街口": r"街口", "悠遊卡": r"悠遊卡|悠遊付",
    "Apple Pay": r"apple ?pay", "Google Pay": r"google ?pay", "支票": r"支票|\bcheque\b", "貨到付款": r"貨到付款",
    "台灣 Pay": r"台灣 ?pay", "行動支付": r"行動支付",
}  # fmt: skip
_METHOD_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _METHODS.items()}
# What only makes a name one of a policy (可否, 開放, 服務), and not what it is about.
_OF_POLICIES = frozenset({"營業", "服", *"否許允准禁止能接受歡迎養帶友善場位"})


def affirms(sentence: str) -> bool:
    """Whether `sentence` begins as a plain yes or no to the question before it."""
    text = sentence.strip()
    return bool(_ANSWER_YES.match(text) or _ANSWER_NO.match(text))


def contradicts(text: str, topic: str, parameters: Sequence[Named]) -> bool:
    """Whether a whole entry rests on the opposite of what a value says: it allows what the vendor doesn't."""
    for named in parameters:
        allowed = _polarity_of(named.parameter)
        if allowed is None or not _speaks_of(named, topic):
            continue
        said = _polarity_said(text.strip(), topic, named)
        if said is not None and said != allowed:
            return True
    return False


def _polarity_said(text: str, topic: str, named: Named) -> bool | None:
    if _QUESTIONED.search(topic) and affirms(text):
        return not _ANSWER_NO.match(text)
    first = next(
        (clause for clause in _CLAUSE.findall(text) if _speaks_of(named, clause) or not unknown_in(clause)), ""
    )
    return _polarity(first) if first else None


def differs(sentence: str, parameters: Sequence[Named]) -> bool:
    """Whether `sentence` says in words something else than a value in words: allowed, offered, listed, called."""
    return any(_differs(sentence, named) if named.kind is None else _waives(sentence, named) for named in parameters)


def _waives(sentence: str, named: Named) -> bool:
    """Whether `sentence` says that what the vendor charges isn't charged: 免收服務費."""
    figure = named.figure
    if figure is None or not figure.value or figure.dimension not in _CHARGED:
        return False
    return any(
        not terms_of(clause[: found.start()]) & CASES - named.all_terms and named.is_named_in(leading(found["charge"]))
        for clause in _CLAUSE.findall(sentence)
        for found in [_WAIVER.search(clause)]
        if found
    )


def _differs(sentence: str, named: Named) -> bool:
    value = named.parameter.value
    accepted = methods_in(value)
    if accepted and methods_in(sentence) - accepted:
        return True
    allowed = _polarity_of(named.parameter)
    for clause in _CLAUSE.findall(sentence):
        if not _speaks_of(named, clause):
            continue
        said = None if _CONDITION.search(clause) else _polarity(clause)
        if allowed is not None and said is not None and said != allowed:
            return True
        if named.parameter.type is not ParameterType.BOOL and not accepted and _states_another(clause, sentence, named):
            return True
    return False


def _states_another(clause: str, sentence: str, named: Named) -> bool:
    """Whether a clause gives the named thing other words than the value's: 地址是…, or another list."""
    name, value = named.parameter.display_name or "", named.parameter.value.strip()
    if not name or "{{" in clause or value in sentence:
        return False
    at = clause.find(name)
    if at >= 0 and _STATES.match(clause, at + len(name)):
        return True
    listed = _LIST.search(sentence)
    return bool(
        "、" in value and listed and name in sentence and not set(listed[0].split("、")) & set(value.split("、"))
    )


def methods_in(text: str) -> frozenset[str]:
    """The ways to pay that `text` names."""
    return frozenset(name for name, pattern in _METHOD_PATTERNS.items() if pattern.search(text))


def _speaks_of(named: Named, text: str) -> bool:
    terms = terms_of(text)
    return any(_subject(name) and _subject(name) <= terms for name in named.names)


def _subject(name: frozenset[str]) -> frozenset[str]:
    """What a policy is about."""
    return name - _OF_POLICIES or name


def _polarity(text: str) -> bool | None:
    plain = text.replace("沒有問題", "沒問題")
    if _NO.search(plain):
        return False
    return True if _YES.search(plain) else None


def _polarity_of(parameter: Parameter) -> bool | None:
    """What a value in words allows: yes, no, or neither. A name that forbids (禁菸) turns a yes around."""
    if parameter.type is ParameterType.BOOL:
        is_yes = {"true": True, "是": True, "false": False, "否": False}.get(parameter.value.strip().lower())
        forbids = bool(_NO.search(parameter.display_name or ""))
        return None if is_yes is None else is_yes != forbids
    if parameter.kind is not ParameterType.TEXT:
        return None
    return _polarity(parameter.value)
