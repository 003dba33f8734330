"""Request bodies: raw bytes within limits, JSON that never breaks anything, models with one clear sentence."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, NoReturn, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.errors import BadRequest, PayloadTooLarge, RequestTimeout
from bot.web.surface import DEFAULT_LIMITS, Limits

Model = TypeVar("Model", bound=BaseModel)
LIMITS = web.RequestKey("limits", Limits)
_BODY = web.RequestKey("body", bytes)
ALLOWED_CHARSETS = frozenset(("utf-8", "utf8", "us-ascii", "ascii"))
MAX_DIGITS = 100
_LARGE = 1024 * 1024
# What pydantic says in words of Python, in those of JSON.
_TOLD = dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "should be an object")
_SURPLUS = re.compile(r"^(?:Value error, |Input |String |List )| after validation, not \d+$")


class ClientDisconnected(Exception):
    """The caller went away before its request had arrived: there is nobody to answer."""


async def read_body(request: web.Request) -> bytes:
    """The raw bytes of the body, exactly as sent. Asked again, the same bytes come again.

    Raises PayloadTooLarge (413) beyond the route's limit, RequestTimeout (408) when the whole body
    takes longer than allowed, BadRequest (400) for broken chunks, ClientDisconnected.
    """
    known: bytes | None = request.get(_BODY)
    if known is not None:
        return known
    limits = request.get(LIMITS, DEFAULT_LIMITS)
    if (length := request.content_length) is not None and length > limits.body_bytes:
        raise _too_large(limits)
    content = request.content
    try:
        if content.is_eof():
            # Nearly every body is here already; a timer would cost more than reading it.
            body = content.read_nowait()
        else:
            async with asyncio.timeout(limits.body_seconds):
                body = await _collect(content, limits)
    except TimeoutError:
        raise RequestTimeout(f"The request body took longer than {limits.body_seconds:g} seconds to arrive.") from None
    except web.RequestPayloadError:
        raise BadRequest("The request body is cut off or wrongly encoded.") from None
    except ConnectionError:
        raise ClientDisconnected from None
    if len(body) > limits.body_bytes:
        raise _too_large(limits)
    request[_BODY] = body
    return body


async def _collect(content: Any, limits: Limits) -> bytes:
    parts, size = [], 0
    while part := await content.readany():
        size += len(part)
        if size > limits.body_bytes:
            raise _too_large(limits)
        parts.append(part)
    # Tens of megabytes take tens of milliseconds to copy, which another thread does beside the event loop.
    return await asyncio.to_thread(b"".join, parts) if size > _LARGE else b"".join(parts)


def _too_large(limits: Limits) -> PayloadTooLarge:
    return PayloadTooLarge(f"The request body is larger than {limits.body_bytes:,} bytes.")


async def read_json(request: web.Request) -> Any:
    """The body as JSON. Raises BadRequest (400) for whatever isn't, and what `read_body` raises."""
    return parse_json(await read_json_body(request))


async def read_json_body(request: web.Request) -> bytes:
    """The raw bytes of a body that is said to be JSON, for `parse_json`. Raises what `read_json` raises for headers."""
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() not in ("identity", ""):
        raise BadRequest("Compressed request bodies are not supported: send plain JSON.")
    if request.charset is not None and request.charset.lower() not in ALLOWED_CHARSETS:
        raise BadRequest("The request body must be JSON in UTF-8; its charset is another one.")
    return await read_body(request)


def parse_json(body: bytes) -> Any:
    """Parse strict JSON: UTF-8 text, finite numbers, each name once, text that any store can keep.

    Raises BadRequest, whose message says what is wrong without repeating the body.
    """
    if not body.strip():
        raise BadRequest("The request body is empty; it must be JSON.")
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_not_finite, parse_int=_integer, parse_float=_number
        )
    except UnicodeDecodeError:
        raise BadRequest("The request body is not valid UTF-8.") from None
    except json.JSONDecodeError as error:
        hint = "" if error.pos else " Forms are not read: send a JSON object."
        place = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"The request body is not valid JSON ({place}).{hint}") from None
    except RecursionError:
        raise BadRequest("The request body is nested too deeply.") from None
    if "\\u" in text:
        # Only an escape can bring what no UTF-8 text holds, or a NUL.
        _refuse_unstorable(value, "request body")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("The request body repeats a name within one object.")
    return found


def _not_finite(name: str) -> NoReturn:
    raise BadRequest(f"The request body holds {name.removeprefix('-')}, which is not a JSON number.")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise BadRequest("The request body holds a number with too many digits.")
    return int(digits)


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadRequest("The request body holds a number that is too large.")
    return number


def _refuse_unstorable(value: Any, where: str) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if "\0" in item or not _is_whole(item):
                raise BadRequest(f"The {where} holds a NUL or half of a surrogate pair, which is not text.")
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _is_whole(text: str) -> bool:
    """Whether `text` holds no half of a surrogate pair; a long one is looked through without a loop of our own."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


async def read_model(request: web.Request, model: type[Model]) -> Model:
    """The body as a `model`. Raises BadRequest with one sentence that names the field."""
    return validate(model, await read_json(request))


def read_query(request: web.Request, model: type[Model]) -> Model:
    """The query as a `model`. Raises BadRequest with one sentence that names the parameter."""
    query = dict(request.query)
    wanted = validate(model, query)
    # Percent signs bring what no store can look for.
    _refuse_unstorable(query, "query")
    return wanted


def validate(model: type[Model], value: Any) -> Model:
    """`value` as a `model`. Raises BadRequest with one sentence that names the field, never its value."""
    if not isinstance(value, dict):
        raise BadRequest("The request body must be a JSON object.")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise BadRequest(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "The request body"
    if first["type"] == "missing":
        return f"{field} is required."
    if first["type"] == "extra_forbidden":
        return f"{field} is no field that this takes."
    if told := _TOLD.get(first["type"]):
        return f"{field} {told}."
    reason = _SURPLUS.sub("", first["msg"])
    return f"{field} {reason[:1].lower()}{reason[1:]}."
