"""The value that a question asks for by its name or a paraphrase of it, where no entry speaks of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from knowledge import numerals
from knowledge.overrides.concepts import CONCEPTS, SUBJECTS, contrasts, terms_of, unknown_in, without_concepts
from knowledge.overrides.figures import Figure, Kind, figures_in
from knowledge.overrides.named import Named, describe
from knowledge.overrides.policies import methods_in
from knowledge.parameters import Parameter, Parameters, ParameterType

PARTLY = 0.5


class Sort(StrEnum):
    """What an answer would be."""

    DAY = "day"
    CLOCK = "clock"
    WEEKDAY = "weekday"
    MONEY = "money"
    LENGTH = "length"
    COUNT = "count"
    SHARE = "share"
    PHONE = "phone"
    WORDS = "words"


_AMOUNTS = frozenset({Sort.MONEY, Sort.SHARE})
_COUNTED = frozenset({Sort.MONEY, Sort.LENGTH, Sort.COUNT, Sort.SHARE})
_WHENEVER = frozenset({Sort.DAY, Sort.CLOCK, Sort.WEEKDAY})
# A noun only says what is asked where no question word or verb does: 什麼時候繳房租 asks for a day.
_PLAIN = r"^(?!.*(?:[幾哪誰怎何]|什麼時候|多久|可以)).*"
_ENDS = r"(?:是|為|要|呢|嗎|有|大概|大約|[?？。]|$)"
_ANYTHING = frozenset(Sort)
# The first that matches says what is asked; a question that none matches asks for no value.
_ASKED = tuple(
    (re.compile(pattern, re.IGNORECASE), sorts)
    for pattern, sorts in (
        (r"為什麼|為何|怎麼辦|怎樣|誰|原因|\bwhy\b|\bwho\b", frozenset[Sort]()),
        (rf"{_PLAIN}(?:期限|期間|時間|時段|日期)(?!.*(?:幾點|多久|幾天|哪天|幾號)){_ENDS}", _WHENEVER | {Sort.LENGTH}),
        (r"(?:天數|月數|時數|租期|效期|鑑賞期|猶豫期|保固期?|有效期)$", frozenset({Sort.LENGTH})),
        (rf"(?:人數|名額){_ENDS}", frozenset({Sort.COUNT})),
        (
            rf"(?!.*[繳付匯交]){_PLAIN}(?:費用?|價格|價錢|價位|售價|月租|房租|租金)(?:是|為|要|大概|大約)*(?:多少|{_ENDS})(?!.*[幾誰怎何])",
            _AMOUNTS,
        ),
        (
            r"(?:電話|專線|手機|熱線|客服).*(?:幾號|號碼|多少|幾番|什麼|給我|嗎)|電話$|打(?:哪|幾)|聯絡電話|"
            r"phone number|hotline",
            frozenset({Sort.PHONE}),
        ),
        (r"星期幾|週幾|周幾|禮拜幾|what days?|which days?", frozenset({Sort.WEEKDAY, Sort.CLOCK})),
        (r"幾點|what time", frozenset({Sort.CLOCK})),
        (r"幾號|幾日(?!內)|哪[一幾]?[天日]|\bwhich date", frozenset({Sort.DAY, Sort.WEEKDAY})),
        (r"什麼時候|何時|啥時|\bwhen\b", _WHENEVER),
        (
            r"幾天|多少天|幾個?工作天|幾個?月|幾年|幾個?小時|幾分鐘|多久|多長|how long|how many (?:days|months|hours)",
            frozenset({Sort.LENGTH}),
        ),
        (r"多少錢|多少元|幾元|幾塊|怎麼算|怎麼收|怎麼計|how much", _AMOUNTS),
        (r"幾[%％成折趴]|百分之幾", frozenset({Sort.SHARE})),
        (r"幾[個位人名席桌間]|多少[個位人名席桌間]|how many", _COUNTED),
        (r"多少|多高", _COUNTED),
        (r"哪裡|哪邊|在哪|何處|怎麼去|\bwhere\b", frozenset({Sort.WORDS})),
        (r"怎麼|如何|哪些|哪種|\bhow\b", frozenset({Sort.WORDS})),
        (r"可以|能不能|可不可以|能否|可否|是否|允許|准許|讓不讓|\bcan\b|allowed", frozenset({Sort.WORDS})),
        (r"有沒有|^(?:你們|請問|那)*有.*嗎|\bdo you\b|\bis there\b", _COUNTED | {Sort.WORDS}),
        (r"什麼|告訴我|想知道|請問|嗎|呢|[?？]$|^.{2,8}$|\bwhat\b", _ANYTHING),
    )
)  # fmt: skip
# What a question may say beside a name without asking for another thing: verbs, and half of the day.
_NEUTRAL = frozenset({"繳", "租", "服", "營業", "通知", "最短", "最長", "提前", "方式", "上午", "下午", "晚上"})
_RATES = frozenset({"日計", "時計", "週計", "年計"})
_OF_RENT = frozenset({"繳", "逾", "租", "租金"})
_IMPLIED_BY_A_DEPOSIT = frozenset({"預約"})
_POLITE = re.compile(
    r"請問一下|請問|請教|想問問?|問一下|一下|想知道|知道|告訴|你們家?|妳們|貴公司|貴店|店家|這裡|這邊|那邊|你|妳|我|他|她|它|大概|大約|通常|"
    r"現在|目前|平常|最晚|最遲|最慢|截止|每個?月|每次|一次|一個|什麼時候|什麼|甚麼|何時|怎麼|如何|為何|哪裡|哪邊|哪些|哪一?[天日種]|多少|多久|多長|"
    r"幾[點號日天個月年位人元塊成折]?|可不可以|能不能|有沒有|可以|能否|能夠|是不是|要不要|需不需要|需要|必須|規定|金額|方法|方式|錢|說|講|"
    r"呢|嗎|啊|喔|哦|耶|欸|吧|呀|囉|唷|謝謝|您好|哈囉|嗨|星期幾|週幾|禮拜幾|算|收|交|付|給|打|能|去|來|到|開|做|辦|用|養|帶|的話|多|哪|問|想|好|樣|時候|截|晚|\b(?:what|what's|when|where|how|much|many|long|do|does|can|tell|me|get|know|want|like|your)\b",
)
_HOURS_NAME = re.compile(r"營業|服務時間|門市|開放|看診|上班|hours", re.IGNORECASE)
_DOORS = re.compile(r"開門|開店|關門|關店|打烊|營業|下班|開到|幾點開|幾點關|\bopen\b|\bclos(?:e|ing)\b", re.IGNORECASE)


def asked_for(question: str, parameters: Parameters) -> Parameter | None:
    """The one parameter whose value `question` asks for, by its display name or in other words.

    None where the question asks for something else of the thing that a parameter is named for, speaks
    of more than its name does, or could mean two parameters.
    """
    text = question.strip()
    sorts = next((sorts for pattern, sorts in _ASKED if pattern.search(text)), frozenset[Sort]())
    named = [describe(one) for one in parameters.values() if one.display_name and one.value.strip()]
    fitting = [one for one in named if _sort_of(one) in sorts or (_is_called(one, text) and sorts & _COUNTED)]
    fitting = [one for one in fitting if _is_its_case(one, text, sorts=sorts)]
    ranked = sorted(((_share(one, text), _is_best(one, sorts), one) for one in fitting), key=lambda item: item[:2])
    ranked = [item for item in ranked if item[0] >= PARTLY]
    if not ranked:
        return _opening_hours(text, fitting, sorts=sorts)
    tied = [one for share, is_best, one in ranked if (share, is_best) == ranked[-1][:2]]
    most = max(len(_terms(one)) for one in tied)
    best, *others = [one for one in tied if len(_terms(one)) == most]
    return None if others or _has_rival(best, named, text, sorts=sorts) else best.parameter


def _has_rival(best: Named, others: Iterable[Named], question: str, *, sorts: frozenset[Sort]) -> bool:
    """Whether the question says only what `best` shares with another parameter: 運費 of 離島運費 and 宅配運費."""
    asked = terms_of(question)
    if _terms(best) <= asked:
        return False
    said = asked & _terms(best) or asked & best.all_terms
    return any(one is not best and _sort_of(one) in sorts and said & one.all_terms for one in others)


def _is_its_case(named: Named, question: str, *, sorts: frozenset[Sort]) -> bool:
    """Whether a question names no case that the parameter may not be for: 學生, 兩人, 轉帳, 國定假日."""
    asked = terms_of(question) & CONCEPTS
    neutral = _NEUTRAL | (_RATES if Sort.MONEY not in sorts else frozenset())
    if named.all_terms & _OF_RENT:
        neutral |= {"租金"}
    ways = methods_in(question) - methods_in(f"{named.parameter.display_name} {named.parameter.value}")
    is_another_way = ways and Sort.MONEY in sorts and not sorts & _WHENEVER
    if asked - named.all_terms - neutral or is_another_way:
        return False
    return all(_is_its_figure(named, one, question) for one in figures_in(question))


def _is_its_figure(named: Named, figure: Figure, question: str) -> bool:
    """Whether a figure of a question may be the value asked about (押金是兩個月嗎), or says no more than 每."""
    if figure.text in (named.parameter.display_name or "") or figure.kind is named.kind is not Kind.QUANTITY:
        return True
    if figure.kind is Kind.TIME and named.kind is Kind.HOURS:
        return True
    if figure.kind is not Kind.QUANTITY:
        return False
    is_one = figure.value == 1 and figure.dimension != numerals.Dimension.PEOPLE
    return is_one or (named.figure is not None and figure.could_mix_with({named.figure.dimension}))


def _opening_hours(question: str, fitting: Iterable[Named], *, sorts: frozenset[Sort]) -> Parameter | None:
    """The opening hours, where a question about doors calls them by another name."""
    hours = [
        one.parameter
        for one in fitting
        if one.kind is Kind.HOURS and _HOURS_NAME.search(one.parameter.display_name or "")
    ]
    is_asked = Sort.CLOCK in sorts and _DOORS.search(question) and not _unknown(question, frozenset())
    return hours[0] if is_asked and len(hours) == 1 else None


def _share(named: Named, question: str) -> float:
    """How much of the name the question says, nothing where it says more than the name: 0..1."""
    asked, name = terms_of(question), _terms(named)
    if not name or contrasts(asked, named.all_terms) or _unknown(question, named.all_terms):
        return 0.0
    return max(_covered(one, asked) for one in named.names)


def _covered(name: frozenset[str], asked: frozenset[str]) -> float:
    """How much of one name is asked for; nothing where its subject isn't."""
    name = name - {"方式"} or name
    if "訂金" in name & asked:
        name = name - _IMPLIED_BY_A_DEPOSIT
    share = len(asked & name) / len(name)
    return share if share == 1 or not (name & SUBJECTS) - asked else 0.0


def _terms(named: Named) -> frozenset[str]:
    return terms_of(named.parameter.display_name or "") - {"方式"} or terms_of(named.parameter.display_name or "")


def _unknown(question: str, name: frozenset[str]) -> frozenset[str]:
    """The words of a question that neither a name nor politeness explains."""
    known = frozenset(character for term in name for character in term)
    return unknown_in(_POLITE.sub(" ", without_concepts(question))) - known


def _is_called(named: Named, question: str) -> bool:
    return (named.parameter.display_name or "\0") in question


def _is_best(named: Named, sorts: frozenset[Sort]) -> bool:
    return _sort_of(named) in sorts


def _sort_of(named: Named) -> Sort:
    """What the parameter's value is an answer to."""
    match named.kind:
        case Kind.PHONE:
            return Sort.PHONE
        case Kind.HOURS | Kind.TIME:
            return Sort.CLOCK
        case Kind.WEEKDAY:
            return Sort.WEEKDAY
        case Kind.DATE:
            return Sort.DAY
        case Kind.QUANTITY if named.figure is not None:
            return _SORTS.get(numerals.dimension_of(named.figure.unit), Sort.COUNT)
    return _sort_of_words(named)


def _sort_of_words(named: Named) -> Sort:
    """Words like 月底 answer what their parameter's name asks (繳費日期)."""
    name = named.parameter.display_name or ""
    if named.parameter.kind is not ParameterType.BOOL and re.search(r"日期?$|幾號", name):
        return Sort.DAY
    return Sort.CLOCK if re.search(r"時間$|時段$", name) else Sort.WORDS


_SORTS = {
    numerals.Dimension.MONEY: Sort.MONEY,
    numerals.Dimension.DAY_OF_MONTH: Sort.DAY,
    numerals.Dimension.DAYS: Sort.LENGTH,
    numerals.Dimension.MONTHS: Sort.LENGTH,
    numerals.Dimension.MINUTES: Sort.LENGTH,
    numerals.Dimension.PERCENT: Sort.SHARE,
    numerals.Dimension.PRICE_SHARE: Sort.SHARE,
}
