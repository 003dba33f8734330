"""Units: which say the same, what they measure, and how they convert. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum


class Dimension(StrEnum):
    """What a figure measures. Figures of two dimensions are never about the same thing."""

    MONEY = "money"
    DAY_OF_MONTH = "day_of_month"
    DAYS = "days"
    MONTHS = "months"
    MINUTES = "minutes"
    PERCENT = "percent"
    PRICE_SHARE = "price_share"
    PEOPLE = "people"
    OTHER = "other"


# Each unit with how many of its dimension's first unit it is.
_UNITS: dict[Dimension, dict[str, Decimal]] = {
    Dimension.MONEY: dict.fromkeys(("元", "塊", "圓", "塊錢", "元整", "NT$", "NTD", "TWD"), Decimal(1)),
    Dimension.DAY_OF_MONTH: dict.fromkeys(("號", "号"), Decimal(1)),
    Dimension.DAYS: {
        **dict.fromkeys(("天", "天內", "日內", "日曆天", "個日曆天"), Decimal(1)),
        **dict.fromkeys(("工作天", "個工作天", "工作日", "個工作日", "營業日"), Decimal(1)),
        **dict.fromkeys(("週", "周", "個週", "星期", "個星期", "禮拜", "個禮拜"), Decimal(7)),
    },
    Dimension.MONTHS: {
        **dict.fromkeys(("個月", "个月", "個月份"), Decimal(1)),
        **dict.fromkeys(("季", "個季"), Decimal(3)),
        **dict.fromkeys(("年", "週年"), Decimal(12)),
    },
    Dimension.MINUTES: {
        **dict.fromkeys(("分鐘", "分"), Decimal(1)),
        **dict.fromkeys(("小時", "個小時", "鐘頭", "個鐘頭"), Decimal(60)),
    },
    Dimension.PERCENT: {"%": Decimal(1), "％": Decimal(1), "成": Decimal(10)},
    Dimension.PRICE_SHARE: {"折": Decimal(1)},
    Dimension.PEOPLE: dict.fromkeys(("人", "位", "名", "個人", "人次"), Decimal(1)),
}  # fmt: skip
_PLACE = {unit: (dimension, factor) for dimension, units in _UNITS.items() for unit, factor in units.items()}
# A bare 日 is both a day of the month and a day that passes.
_EITHER_DAY = "日"
_DAYS = ((Dimension.DAY_OF_MONTH, Decimal(1)), (Dimension.DAYS, Decimal(1)))
_DISCOUNT_FROM = 10


def dimension_of(unit: str) -> Dimension:
    """What `unit` measures; OTHER for one that stands by itself (坪, 杯), and for none."""
    return _PLACE[unit][0] if unit in _PLACE else Dimension.OTHER


def factor_of(unit: str) -> Decimal:
    """How many of its dimension's first unit (天, 個月, 分鐘) one `unit` is."""
    return _PLACE[unit][1] if unit in _PLACE else Decimal(1)


def same_unit(one: str, other: str) -> bool:
    """Whether two units, as written, say the same: 號 and 日, 元 and NT$, but not 天 and 號."""
    if one == other:
        return True
    if _EITHER_DAY in (one, other):
        rest = other if one == _EITHER_DAY else one
        return rest in _PLACE and _PLACE[rest] in _DAYS
    return one in _PLACE and _PLACE.get(one) == _PLACE.get(other)


def others_of(unit: str) -> frozenset[str]:
    """Every way to write `unit`, itself included."""
    return frozenset({unit, *(other for other in (*_PLACE, _EITHER_DAY) if same_unit(unit, other))})


def comparable(one: str, other: str) -> bool:
    """Whether figures in two units could state the same thing: 年 and 個月 could, 天 and 個月 can't."""
    if same_unit(one, other):
        return True
    return one in _PLACE and other in _PLACE and _PLACE[one][0] is _PLACE[other][0]


def same_amount(value: Decimal, unit: str, *, other: Decimal, other_unit: str) -> bool:
    """Whether two figures say the same: 半年 and 6 個月, 兩週 and 14 天, 5 號 and 5 日."""
    return any(
        kind == other_kind and amount == other_amount
        for kind, amount in _readings(value, unit)
        for other_kind, other_amount in _readings(other, other_unit)
    )


def _readings(value: Decimal, unit: str) -> Iterator[tuple[object, Decimal]]:
    """The dimension and amount that a figure may mean. 85 折 and 8.5 折 are one."""
    if unit == _EITHER_DAY:
        yield from ((Dimension.DAY_OF_MONTH, value), (Dimension.DAYS, value))
    elif unit not in _PLACE:
        yield unit, value
    elif _PLACE[unit][0] is Dimension.PRICE_SHARE and value >= _DISCOUNT_FROM:
        yield Dimension.PRICE_SHARE, value / 10
    else:
        dimension, factor = _PLACE[unit]
        yield dimension, value * factor
