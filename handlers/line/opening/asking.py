"""Customers' questions about business hours, where a text surely is one. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from handlers.line.opening.clocks import dates_at, plain, weekdays_at

LONGEST = 40


class About(StrEnum):
    """`now`: whether it is open now. `closing`: until when. `day`: whether and when on a day. `week`: all hours.
    `closed_days`: which days it is closed."""

    NOW = "now"
    CLOSING = "closing"
    DAY = "day"
    WEEK = "week"
    CLOSED_DAYS = "closed_days"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, of which day: None where none was named."""

    about: About
    day: date | None = None


_POLITE = re.compile(
    r"(?:(?:不好意思|請問一下|請問|想請問|我想請問|想問一下|想問|我想問|你好|您好|妳好|哈囉|嗨|那麼?|那請問|對了|hi|hello|hey"
    r"|excuse me)[\s,，!！、~。]*)+"
)
_SHOP = re.compile(
    r"(?:你們家?|妳們|您們|貴店|貴公司|本店|店家|店裡|店面|這家店|這間店|店|公司|辦公室|門市|餐廳|客服"
    r"|the (?:shop|store|office))的?"
)
_NOW = re.compile(r"現在|目前|此刻|這個時間|這時候|(?:right )?now\b|currently\b")
_TONIGHT = re.compile(r"今晚|今天晚上|tonight\b")
_NEXT_WEEK = re.compile(r"(?:這個?|這)(?=週|周|星期|禮拜|weekend)")
_OF_DAY = re.compile(r"(?:的時候|那天|當天|的|會|都|也|還)+")
_DOES_OPEN = (
    r"(?:還|都|也|會|是|在)*(?:有沒有|有|是否)?(?:在|還在|還有在|會)?"
    r"(?:營業|開門|開店|開著|開|上班|營業中|開放|開張)(?:中|著)?(?:了|的)?(?:嗎|呢|沒|沒有|ㄇ|麻)"
)
_WHEN = r"(?:幾[點点]|什麼時候|何時)"
_FROM_TO = r"幾[點点](?:到|至)幾[點点]"
_HOURS = r"(?:營業時間|開店時間|上班時間|營業時段|開放時間|服務時間)"
_WHICH_DAY = r"(?:哪一?天|哪幾天|星期幾|禮拜幾|週幾)"
_STAYS_CLOSED = r"(?:公休|休息|店休|沒開|沒營業|不開|不營業|放假)"
_SORT_OF = r"(?:opening|business|office|store|working)"
_YOU = r"(?:you|it|the (?:shop|store|office))(?: guys)?"
_END = r"(?:[?？!！。~\s]|呢|啊|呀|喔|哦|謝謝|thanks|thank you|please)*"
_PATTERNS = (
    (About.NOW, rf"{_DOES_OPEN}|(?:有沒有|是否|是不是)在?(?:營業|開門|開店|開)中?|營業中嗎"),
    (About.NOW, r"(?:已經|都)?(?:打烊|關門|關店|休息|公休|關)了?嗎|[有會是]?(?:公休|休息|打烊|休業)嗎"),
    (About.CLOSING, r"[會都]?(?:營業|開|上班|開放|開門|開店)[到至](?:晚上)?幾[點点]"),
    (About.CLOSING, rf"(?:會|都|晚上)?到?{_WHEN}[會就才]?(?:關門|關店|關|打烊|下班|結束營業|休息)的?"),
    (About.DAY, rf"(?:會|都|早上)?{_WHEN}[會才就]?(?:開始營業|開門|開店|營業|開始|上班|開)的?"),
    (About.DAY, r"[是從]?幾[點点](?:營業|開)?[到至]幾[點点](?:營業|開門|開)?"),
    (About.WEEK, rf"{_HOURS}[是為]?(?:{_FROM_TO}|什麼時候|多少|為何|到幾[點点]|怎麼樣|如何|有哪些)?"),
    (About.CLOSED_DAYS, rf"(?:公休日?|休息日?|店休日?|休假)[是在]?(?:{_WHICH_DAY}|什麼時候|何時)"),
    (About.CLOSED_DAYS, rf"是?{_WHICH_DAY}[會有是]?{_STAYS_CLOSED}|固定公休(?:是?(?:哪天|何時))?"),
    (About.NOW, rf"(?:are|is) {_YOU}(?: still)? open|(?:are|is) {_YOU}(?: already)? closed|(?:you )?open"),
    (About.CLOSING, rf"(?:what time|when|how late) (?:do|does|will) {_YOU} close"),
    (About.CLOSING, rf"(?:how late|until when) (?:do|does|will|are|is) {_YOU}(?: be| stay)? open"),
    (About.DAY, rf"(?:what time|when) (?:do|does|will) {_YOU} open"),
    (About.WEEK, rf"(?:(?:what are|what is|tell me) )?(?:your |the )?{_SORT_OF}? ?hours"),
)
_FORMS = tuple((about, re.compile(f"(?:{form}){_END}")) for about, form in _PATTERNS)


def asked(text: str, today: date) -> Asked | None:
    """What a text asks about business hours; None unless that is all it says."""
    rest = plain(text)
    if len(rest) > LONGEST:
        return None
    rest = _without(rest, _POLITE)
    day: date | None = None
    is_now = several = False
    for _ in range(3):
        rest = _without(_without(rest, _POLITE), _SHOP)
        days = weekdays_at(rest, 0)
        if (now := _NOW.match(rest)) is not None:
            is_now, rest = True, rest[now.end() :].strip(" ,，")
        elif days is not None and len(days[0]) > 1:
            several, rest = True, _without(rest[days[1] :].strip(" ,，"), _OF_DAY)
        elif day is None and (found := _day_at(rest, today)) is not None:
            day, rest = found[0], _without(rest[found[1] :].strip(" ,，"), _OF_DAY)
    rest, trailing = _trailing_day(rest, today)
    day, is_now = day or trailing[0], is_now or trailing[1]
    for about, form in _FORMS:
        if form.fullmatch(rest):
            return Asked(About.WEEK) if several else _meant(about, day, is_now=is_now)
    return None


def _meant(about: About, day: date | None, *, is_now: bool) -> Asked | None:
    if about is About.NOW and day is not None and not is_now:
        return Asked(About.DAY, day)
    if about is About.WEEK and day is not None:
        return Asked(About.DAY, day)
    if about is About.CLOSED_DAYS and (day is not None or is_now):
        return None
    return Asked(about, day)


def _trailing_day(rest: str, today: date) -> tuple[str, tuple[date | None, bool]]:
    """English names the day last: "are you open on Sunday?"."""
    found = re.fullmatch(
        r"(?P<core>[a-z' ]+?) (?:on |at the )?(?:this )?(?P<day>(?:right )?now|[a-z]+)(?P<end>[?!. ]*)", rest
    )
    if found is None:
        return rest, (None, False)
    if _NOW.fullmatch(found["day"]):
        return found["core"], (None, True)
    at = _day_at(found["day"], today)
    return (found["core"], (at[0], False)) if at is not None and at[1] == len(found["day"]) else (rest, (None, False))


def _day_at(text: str, today: date) -> tuple[date, int] | None:
    """The one day that is named at the front of a text."""
    if tonight := _TONIGHT.match(text):
        return today, tonight.end()
    dates = dates_at(text, 0, today)
    if dates is not None:
        return (dates[0], dates[2]) if dates[0] == dates[1] else None
    skipped = this.end() if (this := _NEXT_WEEK.match(text)) else 0
    days = weekdays_at(text, skipped)
    if days is None or len(days[0]) != 1:
        return None
    (weekday,) = days[0]
    return today + timedelta(days=(weekday - today.weekday()) % 7), days[1]


def _without(text: str, what: re.Pattern[str]) -> str:
    found = what.match(text)
    return text[found.end() :].strip(" ,，") if found else text
