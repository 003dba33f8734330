"""The port: what the platform asks of a language model, and the ways in which asking fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

DEFAULT_MAX_TOKENS = 600


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request: messages in order, and how many tokens the answer may take at most.

    `schema` is the JSON schema (an object, every property required) that the answer must fit, for
    models that can be held to one; the answer is checked by whoever asked all the same.
    """

    messages: tuple[ChatMessage, ...]
    max_tokens: int = DEFAULT_MAX_TOKENS
    schema: Mapping[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back: non-empty text, and the tokens that were paid for (prompt and answer)."""

    text: str
    tokens: int


class LlmError(Exception):
    """A completion didn't come. The message is safe to log: it never quotes the prompt or the key.

    `tokens` were paid for all the same.
    """

    tokens: int = 0


class LlmUnavailable(LlmError):
    """The model can't be reached, refused, or answered with nothing usable."""


class LlmTimeout(LlmError):
    """The model didn't answer within the time given."""


class LanguageModel(Protocol):
    """A language model. One object serves every tenant; nothing is kept between calls."""

    async def complete(self, prompt: Prompt, *, within: float) -> Completion:
        """The model's answer to `prompt`, at the latest after `within` seconds, retries included.

        Raises LlmTimeout or LlmUnavailable.
        """
        ...

    async def close(self) -> None:
        """Give back connections. The model isn't used afterwards."""
        ...
