"""How a value is written: `1 號`, `12,000 元`, `02-2345-6789`, `2026 年 3 月 5 日`. Pure."""

from __future__ import annotations

from datetime import date

from knowledge.parameters.model import SIGNS_OF_MONEY, Parameter, ParameterType, is_money

TRUE = frozenset({"true", "1", "yes", "y", "on", "是", "可", "可以", "有"})
FALSE = frozenset({"false", "0", "no", "n", "off", "否", "不", "不可", "不可以", "無", "沒有"})
MOBILE, FREEPHONE = "09", "080"
_MOBILE_DIGITS = 10
LANDLINE_AREAS = ("0826", "0836", "037", "049", "089", "082", "02", "03", "04", "05", "06", "07", "08")
_GROUPING_FROM = 10_000
_ENGLISH_UNITS = {
    "天": "day", "日": "day", "工作天": "business day", "個工作天": "business day", "週": "week", "個月": "month",
    "年": "year", "小時": "hour", "個小時": "hour", "分鐘": "minute", "人": "person", "位": "person", "名": "person",
    "次": "time", "杯": "cup", "坪": "ping",
}  # fmt: skip
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)
_CLOSE_UNITS = ("%", "％", "°C", "℃")


def written(parameter: Parameter, *, with_unit: bool = True) -> str:
    """The value as people write it: `1 號`, `12,000 元`, `NT$200`, `02-2345-6789`, `2026 年 3 月 5 日`."""
    value, unit = parameter.value.strip(), parameter.unit or ""
    match parameter.kind:
        case ParameterType.MONEY:
            value, unit = _grouped(parameter, from_=1000), unit if is_money(unit) else "元"
        case ParameterType.NUMBER:
            value = _grouped(parameter, from_=_GROUPING_FROM)
        case ParameterType.DATE:
            value = _date(value)
        case ParameterType.PHONE:
            value = _phone(value)
        case ParameterType.BOOL:
            value = "是" if value.lower() in TRUE else "否" if value.lower() in FALSE else value
        case ParameterType.TEXT:
            pass
    if not unit or not with_unit or not value or value.endswith(unit):
        return value
    if unit in SIGNS_OF_MONEY:
        return f"NT${value}"
    return f"{value}{unit}" if unit in _CLOSE_UNITS else f"{value} {unit}"


def in_english(parameter: Parameter) -> str | None:
    """The value as an English sentence writes it: `the 1st`'s `1st`, `NT$200`, `5 days`; None where it can't be."""
    value, unit, number = written(parameter, with_unit=False), parameter.unit or "", parameter.number
    if any(character >= "\u3400" for character in value):
        return None
    if parameter.kind is ParameterType.MONEY:
        return f"NT${value}"
    if number is None:
        return value
    if unit == "號" and number == int(number):
        return f"{value}{'th' if int(number) % 100 in _TEENS else _ORDINALS.get(int(number) % 10, 'th')}"
    if unit in _ENGLISH_UNITS:
        one = _ENGLISH_UNITS[unit]
        many = "people" if one == "person" else f"{one}s"
        return f"{value} {one if number == 1 else many}"
    return f"{value}{unit}" if unit in _CLOSE_UNITS else value if not unit else None


def _grouped(parameter: Parameter, *, from_: int) -> str:
    number = parameter.number
    if number is None:
        return parameter.value.strip()
    if number == number.to_integral_value():
        number = number.to_integral_value()
    return f"{number:,f}" if abs(number) >= from_ else f"{number:f}"


def _date(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _phone(value: str) -> str:
    """A bare Taiwanese number with its usual dashes; any other stays as it was written."""
    if not value.isdigit() or not value.isascii():
        return value
    if len(value) == _MOBILE_DIGITS and value.startswith((MOBILE, FREEPHONE)):
        return f"{value[:4]}-{value[4:7]}-{value[7:]}"
    area = next((area for area in LANDLINE_AREAS if value.startswith(area)), None)
    local = value.removeprefix(area) if area else ""
    if area is None or len(local) not in (6, 7, 8):
        return value
    return f"{area}-{local[:-4]}-{local[-4:]}"
