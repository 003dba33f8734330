"""The wire of `POST /api/partner/provision`."""

from __future__ import annotations

import unicodedata
from typing import Annotated

import msgspec
from pydantic import AfterValidator, BaseModel, Field

MAX_STORE_NAME = 200
MAX_SYSTEM_PROMPT = 8_000
# Letters that show nothing: a name of these alone looks empty.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Marks that turn the direction of text around, so that what is shown isn't what is stored.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PROMPT_WHITESPACE = "\n\r\t"


def _store_name(value: str) -> str:
    if any(_is_control(character) or character in _DIRECTION for character in value):
        raise ValueError("must not hold control or text-direction characters")
    if not any(_is_visible(character) for character in value):
        raise ValueError("must not be blank")
    return value.strip()


def _system_prompt(value: str) -> str | None:
    if any(_is_control(character) and character not in _PROMPT_WHITESPACE for character in value):
        raise ValueError("must not hold control characters")
    return value.strip() or None


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _is_visible(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character)[0] not in "ZC"


class ProvisionRequest(BaseModel):
    """The bot to make. Fields beyond the documented ones are ignored."""

    store_name: Annotated[str, Field(max_length=MAX_STORE_NAME), AfterValidator(_store_name)]
    system_prompt: Annotated[
        Annotated[str, Field(max_length=MAX_SYSTEM_PROMPT), AfterValidator(_system_prompt)] | None,
        Field(default=None),
    ]


class Binding(msgspec.Struct):
    """How the store's owner claims the bot. The URLs are null until the channel's LINE id is known."""

    code: str
    expires_at: str
    line_url: str | None
    qr_url: str | None


class ProvisionAnswer(msgspec.Struct):
    """The documented 201 answer, and `binding` beside it."""

    success: bool
    bot_id: str
    mgmt_token: str
    store_name: str
    message: str
    binding: Binding
