"""Structured logs on stderr: JSON for machines, colours on a terminal, secrets in neither.

The chain is the same for our own loggers and for the standard library's: context, level, time,
exception, redaction, rendering. Ids of what is being worked on come from `log_context`.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TextIO, cast
from uuid import UUID

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

REDACTED = "[redacted]"
MAX_DEPTH = 8
# These write statements with their values, or whole requests, when they are asked for details.
_QUIET_LOGGERS = (
    "aiohttp.access",
    "aiosqlite",
    "apscheduler",
    "asyncio",
    "httpcore",
    "httpx",
    "openai",
    "sqlalchemy",
    "taskiq",
)

_SAFE_KEYS = frozenset(("timestamp", "level", "request_id", "source", "method", "status"))
_SECRET_NAME = re.compile(
    r"secret|token|passw|authori[sz]ation|cookie|signature|api_?key|claim_?code|system_?prompt|private_?key|_box$",
    re.IGNORECASE,
)
# Each pattern is only tried on texts that hold one of its marks (in lower case): looking for these
# costs a tenth of running every expression over every line.
_SECRET_VALUES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    # Statement parameters in a database driver's error: texts, prompts and hashes alike.
    (
        ("[parameters: ",),
        re.compile(r"\[parameters: .*?(?=\n\(Background on this error|\Z)", re.DOTALL),
        f"[parameters: {REDACTED}]",
    ),
    (("bearer", "basic"), re.compile(r"(bearer|basic)\s+[^\s\"',]+", re.IGNORECASE), rf"\1 {REDACTED}"),
    (("k_", "k-", "whsec_"), re.compile(r"\b(?:[psv]k[_-]|whsec_)[A-Za-z0-9_+/=-]{8,}"), REDACTED),
    (("eyj",), re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), REDACTED),
    # The claim commands with whatever follows them: as typed, percent-encoded, and as JSON escapes.
    (
        ("我是店", "%e6%88%91%e6%98%af", "\\u6211\\u662f"),
        re.compile(
            r"(我是店[長长員员]|%E6%88%91%E6%98%AF%E5%BA%97(?:%[0-9A-F]{2}){3}|\\u6211\\u662f\\u5e97\\u[0-9a-f]{4})"
            r"[^\n\"'<>]+",
            re.IGNORECASE,
        ),
        rf"\1 {REDACTED}",
    ),
    (("-",), re.compile(r"(?<![\w-])[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2,}(?![\w-])"), REDACTED),
    (
        ("token", "secret", "password", "key", "prompt"),
        re.compile(
            r"((?:reply_?token|access_?token|mgmt_?token|refresh_?token|secret|password|api_?key|system_?prompt)"
            r"\\?[\"']?\s*[:=]\s*)(\\?\"[^\"]*\"?|'[^']*'?|[^\s\"',}&]+)",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    (("://",), re.compile(r"(://[^\s:/@]*:)[^\s/]+@"), rf"\1{REDACTED}@"),
)
# LINE's long-lived channel tokens and other long runs of base64.
_LONG_RUN_LENGTH = 80
_LONG_RUN = re.compile(r"[A-Za-z0-9+/]{80,}={0,2}")


def redact_text(text: str) -> str:
    """`text` with everything blanked that looks like a secret."""
    lower = text.lower()
    for marks, pattern, replacement in _SECRET_VALUES:
        for mark in marks:
            if mark in lower:
                text = pattern.sub(replacement, text)
                break
    return _LONG_RUN.sub(REDACTED, text) if len(text) >= _LONG_RUN_LENGTH else text


def redact(value: Any, *, depth: int = 0) -> Any:
    """A copy of `value` that is safe to log: no secret by its name, none by its looks."""
    if isinstance(value, str):
        return redact_text(value)
    if value is None or isinstance(value, bool | int | float | datetime | UUID):
        return value
    if isinstance(value, bytes | bytearray):
        return redact_text(bytes(value).decode("utf-8", "replace"))
    if isinstance(value, Mapping | Sequence | set | frozenset):
        return _redact_items(value, depth=depth + 1) if depth < MAX_DEPTH else "..."
    return redact_text(repr(value))


def _redact_items(items: Collection[Any], *, depth: int) -> Any:
    if isinstance(items, Mapping):
        return {str(key): _redact_named(str(key), item, depth=depth) for key, item in items.items()}
    return [redact(item, depth=depth) for item in items]


@lru_cache(maxsize=1024)
def _is_secret_name(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _redact_named(name: str, value: Any, *, depth: int) -> Any:
    """Numbers stay whatever their name, so that `prompt_tokens` is still counted."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return REDACTED if _is_secret_name(name) else redact(value, depth=depth)


def _redaction(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {key: value if key in _SAFE_KEYS else _redact_named(key, value, depth=0) for key, value in event.items()}


def _source_of_record(_logger: Any, _method: str, event: EventDict) -> EventDict:
    event["source"] = event["_record"].name
    return event


def _json_bytes(_logger: Any, _method: str, event: EventDict) -> bytes:
    try:
        return msgspec.json.encode(event)
    except (UnicodeEncodeError, TypeError):
        # A lone surrogate has no UTF-8 form; a log line must get out nevertheless.
        text = {str(key): str(value).encode("utf-8", "replace").decode() for key, value in event.items()}
        return msgspec.json.encode(text)


def _json_text(logger: Any, method: str, event: EventDict) -> str:
    return _json_bytes(logger, method, event).decode()


def configure_logging(level: str = "INFO", *, stream: TextIO | None = None, pretty: bool | None = None) -> None:
    """Send all logs to `stream` (stderr unless given), from `level` up.

    `pretty` chooses colours or JSON lines; unless given, a terminal gets the colours.
    """
    stream = stream or sys.stderr
    pretty = stream.isatty() if pretty is None else pretty
    threshold = logging.getLevelNamesMapping()[level]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _redaction,
    ]
    text_renderer: Processor = structlog.dev.ConsoleRenderer() if pretty else _json_text
    binary = getattr(stream, "buffer", None)
    as_bytes = not pretty and binary is not None
    structlog.configure(
        processors=[*shared, _json_bytes if as_bytes else text_renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.BytesLoggerFactory(binary) if as_bytes else structlog.WriteLoggerFactory(stream),
        # Loggers are made when modules are imported, before and between configurations.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_source_of_record, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, text_renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name in _QUIET_LOGGERS:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))


def get_logger(name: str) -> FilteringBoundLogger:
    """The logger of a module: `logger = get_logger(__name__)`. Events are short names, facts are keywords."""
    return cast("FilteringBoundLogger", structlog.get_logger(source=name))


def log_context(**ids: object) -> None:
    """Add ids (`request_id`, `tenant_id`, `bot_id`, `event_id`) to every later line of this task."""
    structlog.contextvars.bind_contextvars(**{name: str(value) for name, value in ids.items()})
