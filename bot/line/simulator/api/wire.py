"""A request to the Messaging API, its answer, and the refusals that LINE gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.line.simulator.model import ApiCall, Channel, JsonObject

MAX_BODY = 2 * 1024 * 1024
RETRY_KEY = "x-line-retry-key"
NOT_JSON = "The request body could not be parsed as JSON (line: {line}, column: {column})"
UNAUTHENTICATED = (
    "Authentication failed due to the following reason: invalid token. "
    "Confirm that the access token in the authorization header is valid."
)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """`headers` has lower-case names; `body` is as received."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(slots=True)
class ApiAnswer:
    """`data` is answered instead of JSON where a file was asked for."""

    status: int = 200
    content: JsonObject = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes | None = None
    content_type: str = "application/json"

    @property
    def body(self) -> bytes:
        return json.dumps(self.content, ensure_ascii=False).encode() if self.data is None else self.data


class Refusal(Exception):
    """LINE's error answer."""

    def __init__(self, status: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.answer = ApiAnswer(status, {"message": message, **more})


@dataclass(slots=True)
class Context:
    """A request whose channel is known, with its row in the log and the parts of its path."""

    request: ApiRequest
    channel: Channel
    call: ApiCall
    parts: Mapping[str, str]

    def json(self) -> JsonObject:
        """The body as an object; raises Refusal (400) as LINE does for anything else."""
        try:
            body = json.loads(self.request.body)
        except json.JSONDecodeError as error:
            raise Refusal(400, NOT_JSON.format(line=error.lineno, column=error.colno)) from None
        except (UnicodeDecodeError, RecursionError):
            raise Refusal(400, NOT_JSON.format(line="-", column="-")) from None
        if not isinstance(body, dict):
            raise Refusal(400, "The request body is invalid")
        return body


def invalid_property(name: str) -> Refusal:
    return Refusal(400, f"The property, '{name}', in the request body is invalid (line: -, column: -)")


def missing(*names: str) -> Refusal:
    details = [{"message": "May not be empty", "property": name} for name in names]
    return Refusal(400, f"The request body has {len(details)} error(s)", details=details)
