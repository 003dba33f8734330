"""What the path and the query of a request say, checked like a body."""

from __future__ import annotations

import re

from aiohttp import web

from bot.errors import NotFound
from bot.texts import Language
from knowledge.schemas.fields import LARGEST_ID

LONGEST_LANGUAGES = 1_000
_QUALITY = re.compile(r"q=([01](?:\.[0-9]{1,3})?)")
_LANGUAGES = {"zh": Language.ZH_TW, "en": Language.EN}
_ID = re.compile(r"[1-9][0-9]{0,18}")


def path_id(request: web.Request, missing: NotFound) -> int:
    """The one id in the path. Raises `missing` for what can't be one: nobody is told how ids look."""
    (text,) = request.match_info.values()
    if not _ID.fullmatch(text) or int(text) > LARGEST_ID:
        raise missing
    return int(text)


def language_of_caller(request: web.Request) -> Language:
    """The language that `Accept-Language` puts first of those that there are; Traditional Chinese where it has none."""
    wanted: list[tuple[float, Language]] = []
    for one in request.headers.get("Accept-Language", "")[:LONGEST_LANGUAGES].split(","):
        name, _, weight = one.partition(";")
        quality = _QUALITY.fullmatch(weight.strip())
        language = _LANGUAGES.get(name.strip().lower().partition("-")[0])
        if language is not None and (quality is not None or not weight.strip()):
            wanted.append((float(quality[1]) if quality else 1.0, language))
    return max(wanted, key=lambda pair: pair[0], default=(0.0, Language.ZH_TW))[1]
