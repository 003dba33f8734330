"""The wire of `POST /api/partner/provision`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import AfterValidator, BaseModel, Field

from partner_api.wire import is_control, shown_line

MAX_STORE_NAME = 200
MAX_SYSTEM_PROMPT = 8_000
_PROMPT_WHITESPACE = "\n\r\t"


def _system_prompt(value: str) -> str | None:
    if any(is_control(character) and character not in _PROMPT_WHITESPACE for character in value):
        raise ValueError("must not hold control characters")
    return value.strip() or None


StoreName = Annotated[str, Field(max_length=MAX_STORE_NAME), AfterValidator(shown_line)]
SystemPrompt = Annotated[str, Field(max_length=MAX_SYSTEM_PROMPT), AfterValidator(_system_prompt)]


class ProvisionRequest(BaseModel):
    """The bot to make. Fields beyond the documented ones are ignored."""

    store_name: StoreName
    system_prompt: SystemPrompt | None = None


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
