"""Business hours and holidays: what owners write, what customers ask, and what follows from them. Pure."""

from handlers.line.opening.asking import About, Asked, asked
from handlers.line.opening.hours import Holiday, Opening, opening_from
from handlers.line.opening.reading import (
    changed,
    is_about_hours,
    is_question,
    names_days,
    read_holiday,
    read_ordinary,
    read_week,
)
from handlers.line.opening.wording import (
    answer,
    holiday_in_words,
    moment_in_words,
    reopens,
    week_in_words,
)

__all__ = [
    "About",
    "Asked",
    "Holiday",
    "Opening",
    "answer",
    "asked",
    "changed",
    "holiday_in_words",
    "is_about_hours",
    "is_question",
    "moment_in_words",
    "names_days",
    "opening_from",
    "read_holiday",
    "read_ordinary",
    "read_week",
    "reopens",
    "week_in_words",
]
