"""The wire of `POST /api/partner/provision`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import AfterValidator, BaseModel, Field

from bot.web.fields import many_lines
from partner_api.wire import shown_line

MAX_STORE_NAME = 200
MAX_SYSTEM_PROMPT = 8_000


def _system_prompt(value: str) -> str | None:
    return many_lines(value).strip() or None


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
