"""Values win over text: a shared entry that states its own figure gets the vendor's. Pure.

A figure belongs to a parameter when unit and kind agree and its clause speaks of what the parameter
is named for. Surely so: the value is put in. Surely not: the figure stays. In between, the sentence
is left out, because a wrong figure costs a customer more than a missing sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

from knowledge import grounding, numerals, sentences
from knowledge.parameters import PLACEHOLDER, Filled, Parameter, Parameters, ParameterType, Replacement, fill, written

SURE = 0.6
UNRELATED = 0.35
_PHONE = re.compile(r"(?<![\d.])(?:\(?0\d{1,3}\)?[- ]?\d{3,4}[- ]?\d{3,4})(?!\d)")
_HOURS = re.compile(r"(?:上午|早上)?[ ]?\d{1,2}:\d{2}[ ]?(?:[-–—~～至到]|至)[ ]?(?:下午|晚上)?[ ]?\d{1,2}:\d{2}")
_RANGE = re.compile(r"[ ]?(?:[-–—~～至到]|或)[ ]?$|^[ ]?(?:[-–—~～至到]|或)[ ]?[\d一二三四五六七八九十]")
# Words for one thing, so that 逾期滯納金 and 遲繳手續費 meet.
_SAME = {
    "繳": "繳納 繳交 繳費 繳款 繳租 交租 付款 付租 支付 匯款 轉帳 付",
    "逾": "逾期 超過 遲繳 晚繳 延遲 遲付 延滯",
    "罰": "手續費 滯納金 違約金 罰金 罰款",
    "押": "押金 保證金",
    "租": "租金 房租 月租 租約 租賃 租期",
    "服": "客服 服務 客戶服務",
    "話": "專線 電話 熱線 手機",
    "修": "維修 修繕 報修 修理",
    "寬": "寬限 緩衝",
    "最短": "至少 最少",
    "寵": "寵物 毛小孩",
}
_ONE_FOR = {word: one for one, words in _SAME.items() for word in words.split()}
_SYNONYM = re.compile("|".join(sorted(_ONE_FOR, key=len, reverse=True)))
# What else money and days may be about. A clause that names one of these which the parameter's name
# doesn't is about something else, however alike the rest is.
_SUBJECT = re.compile(r"水電|水費|電費|瓦斯|管理費|停車|車位|網路|清潔|鑰匙|磁扣|保險|終止|解約|退租|仲介|發票")
_GENERIC = re.compile(
    r"日期|期間|期限|時間|時段|金額|費用|數量|天數|月數|個月|人數|次數|比例|比率|號碼|[的每為是在於之約共須需請內前後日天號元月費金數時]"
)


class Match(IntEnum):
    NONE = 0
    PERHAPS = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a text states itself."""

    start: int
    end: int
    kind: ParameterType
    unit: str = ""
    monthly_day: bool = False
    is_range: bool = False


def with_vendor_values(text: str, parameters: Parameters, *, topic: str = "") -> Filled:
    """A shared text with the vendor's values in its placeholders and in place of its own figures.

    `topic` is the entry's question; it helps to tell what a figure is about. Sentences in which that
    can't be decided are left out.
    """
    decide = partial(_replacements, parameters=parameters, topic=topic)
    return fill(text, parameters, replacing=lambda parts: [decide(sentence) for sentence in parts])


def _replacements(sentence: str, *, parameters: Parameters, topic: str) -> list[Replacement] | None:
    """The vendor's values for the sentence's own figures; None where the sentence must be left out."""
    changes: list[Replacement] = []
    for figure in _figures(sentence):
        decided = _parameter_for(figure, sentence, parameters, topic)
        if decided is None:
            continue
        match, parameter = decided
        value = written(parameter)
        own, theirs = grounding.facts_in(sentence[figure.start : figure.end]), grounding.facts_in(value)
        if own == theirs or (own <= theirs and parameter.kind is ParameterType.TEXT):
            continue
        if match is not Match.SURE or figure.is_range or _in_range(sentence, figure):
            return None
        changes.append(Replacement(figure.start, figure.end, _spaced(sentence, figure, value), parameter.key))
    return changes


def _spaced(sentence: str, figure: Figure, value: str) -> str:
    """`value` with a space before it where the text it replaces had none and a letter precedes."""
    before = sentence[: figure.start]
    return f" {value}" if before and before[-1].isalnum() else value


def _in_range(sentence: str, figure: Figure) -> bool:
    if figure.kind is ParameterType.TEXT:
        return False
    return bool(_RANGE.search(sentence[: figure.start]) or _RANGE.search(sentence[figure.end :]))


def _figures(sentence: str) -> list[Figure]:
    """The sentence's own figures from left to right; what stands in a placeholder is none."""
    hidden = PLACEHOLDER.sub(_blank, sentence)
    figures = []
    for pattern, kind in ((_PHONE, ParameterType.PHONE), (_HOURS, ParameterType.TEXT)):
        figures += [Figure(found.start(), found.end(), kind) for found in pattern.finditer(hidden)]
        hidden = pattern.sub(_blank, hidden)
    for quantity in numerals.find(hidden):
        if not quantity.bare:
            kind = ParameterType.MONEY if quantity.unit == "元" else ParameterType.NUMBER
            monthly = quantity.unit in ("號", "日") and "每月" in hidden[: quantity.start][-6:]
            figures.append(
                Figure(quantity.start, quantity.end, kind, quantity.unit, monthly, quantity.upto is not None)
            )
    return sorted(figures, key=lambda figure: figure.start)


def _blank(found: re.Match[str]) -> str:
    return "\0" * len(found[0])


def _parameter_for(figure: Figure, sentence: str, parameters: Parameters, topic: str) -> tuple[Match, Parameter] | None:
    """The parameter that a figure is about and how sure that is; None where it is about none."""
    ranked: list[tuple[Match, float, Parameter]] = []
    clause = sentences.clause_at(sentence, figure.start, figure.end)
    for parameter in parameters.values():
        if not _comparable(figure, parameter):
            continue
        near = likeness(parameter, clause)
        share = max(near, 0.8 * likeness(parameter, sentence), 0.7 * likeness(parameter, topic) if near else 0.0)
        if share >= UNRELATED or figure.monthly_day:
            match = Match.SURE if share >= SURE else Match.PERHAPS
            if _speaks_of_another(parameter, clause):
                match = Match(match - 1)
            ranked.append((match, share, parameter))
    if not any(match is Match.SURE for match, _, _ in ranked):
        ranked += [(Match.PERHAPS, SURE, parameter) for parameter in _worded(parameters, clause)]
    if not ranked:
        return None
    ranked.sort(key=lambda item: item[:2], reverse=True)
    match, share, parameter = ranked[0]
    if match is Match.NONE:
        return None
    if len(ranked) > 1 and ranked[1][1] == share:
        match = Match.PERHAPS
    return match, parameter


def _worded(parameters: Parameters, clause: str) -> list[Parameter]:
    """The parameters that a clause surely speaks of, but whose values are words: 月底 where the text says 5 號."""
    wordy = [item for item in parameters.values() if item.kind in (ParameterType.TEXT, ParameterType.DATE)]
    return [item for item in wordy if likeness(item, clause) >= SURE and not _HOURS.search(item.value)]


def _comparable(figure: Figure, parameter: Parameter) -> bool:
    """Whether figure and parameter could be the same thing, by kind and unit."""
    kind = parameter.kind
    if figure.kind is ParameterType.TEXT:
        return bool(_HOURS.search(parameter.value))
    if figure.kind is ParameterType.PHONE or kind is ParameterType.PHONE:
        return figure.kind is kind
    if kind not in (ParameterType.NUMBER, ParameterType.MONEY):
        return False
    unit = "元" if kind is ParameterType.MONEY else parameter.unit or ""
    if not unit or not figure.unit:
        return unit == figure.unit
    return numerals.same_unit(unit, figure.unit)


def asked_for(question: str, parameters: Parameters) -> Parameter | None:
    """The parameter that `question` calls by its display name, synonyms allowed; the longest name wins."""
    asked = _same(question)
    named = [item for item in parameters.values() if item.display_name and _same(item.display_name) in asked]
    return max(named, key=lambda item: len(item.display_name or ""), default=None)


def likeness(parameter: Parameter, text: str) -> float:
    """How much of what the parameter is named for `text` speaks of: 0..1."""
    names = [name for name in (parameter.display_name, parameter.description) if name]
    spoken = set(_essence(text))
    return max((_share(_essence(name), spoken) for name in names), default=0.0)


def _share(name: str, spoken: set[str]) -> float:
    wanted = set(name)
    return len(wanted & spoken) / len(wanted) if wanted else 0.0


def _essence(text: str) -> str:
    """The characters that carry a text's topic, synonyms made one."""
    return re.sub(r"[\W\d_A-Za-z]", "", _GENERIC.sub("", _same(text)))


def _same(text: str) -> str:
    return _SYNONYM.sub(lambda found: _ONE_FOR[found[0]], text)


def _speaks_of_another(parameter: Parameter, clause: str) -> bool:
    named = f"{parameter.display_name or ''}{parameter.description or ''}"
    return any(subject not in named for subject in _SUBJECT.findall(clause))
