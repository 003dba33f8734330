import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logging import REDACTED, configure_logging, get_logger, log_context, redact, redact_text

CHANNEL_TOKEN = "x7Kq" * 40 + "="


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    configure_logging("INFO", stream=stream, pretty=False)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_carries_the_ids_of_what_is_worked_on(stream: io.StringIO) -> None:
    log_context(request_id="r1", tenant_id="t1", bot_id="b1", event_id=7)
    get_logger("bot.test").info("event_answered", took=0.25)
    (line,) = lines(stream)
    assert line["event"] == "event_answered"
    assert line["level"] == "info"
    assert (line["request_id"], line["tenant_id"], line["bot_id"], line["event_id"]) == ("r1", "t1", "b1", "7")
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_logs_into_the_same_stream(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot reach %s", "https://user:hunter2@example.com")
    (line,) = lines(stream)
    assert line["event"] == f"cannot reach https://user:{REDACTED}@example.com"
    assert line["source"] == "some.library"


def test_lines_below_the_level_are_left_out(stream: io.StringIO) -> None:
    get_logger("bot.test").debug("detail")
    assert stream.getvalue() == ""


def test_an_exception_is_logged_without_the_statement_parameters(stream: io.StringIO) -> None:
    error = "(IntegrityError) failed\n[SQL: INSERT]\n[parameters: ('my\nprompt', 5)]\n(Background on this error at: x)"
    get_logger("bot.test").error("failed", exc_info=ValueError(error))
    (line,) = lines(stream)
    assert "Background" in line["exception"]
    assert "prompt" not in line["exception"]


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer abc.def-123",
        "key pk_provision_Zz09-_abcdefgh was refused",
        "key vk_Zz09-_abcdefgh was refused",
        "secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw was rotated",
        "sk_live_0123456789abcdef",
        f"token {CHANNEL_TOKEN}",
        "@我是店長 K7QM-2XWP-9RTD",
        "＠我是店長　k7qm 2xwp 9rtd",
        "@我是店員 k7qm2xwp9rtd",
        json.dumps({"text": "@我是店員 k7qm 2xwp 9rtd"}),
        "https://line.me/R/oaMessage/%40x/?%40%E6%88%91%E6%98%AF%E5%BA%97%E9%95%B7%20K7QM-2XWP-9RTD",
        json.dumps({"text": "@我是店長 K7QM-2XWP-9RTD"}),
        "GET /line/qr/K7QM-2XWP-9RTD.svg",
        '{"replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA"}',
        r"{\"replyToken\": \"nHuyWiB7yP5Zw52FIkcQobQuGDXCTA\"}",
        "{'system_prompt': 'You know that K. holds TSMC'}",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    ],
)
def test_what_looks_like_a_secret_is_blanked(secret: str) -> None:
    text = redact_text(f"before {secret}")
    assert REDACTED in text
    assert text.startswith("before ")
    for part in ("abc.def", "abcdefgh", "0123456789", "x7Kq", "2XWP", "2xwp", "nHuy", "TSMC", "c2ln"):
        assert part not in text


def test_a_secret_is_blanked_by_its_name_and_counts_are_kept() -> None:
    given_ = {"mgmt_token": "x", "nested": [{"LINE_CHANNEL_SECRET": "y"}], "prompt_tokens": 12, "code": "not_found"}
    assert redact(given_) == {
        "mgmt_token": REDACTED,
        "nested": [{"LINE_CHANNEL_SECRET": REDACTED}],
        "prompt_tokens": 12,
        "code": "not_found",
    }


@pytest.mark.parametrize(
    "text", ["/line/webhook/{channel_id}", "1b9498a4-62c0-4f9f-994a-74664a1a4d16", "店長您好，房租每月五號前繳"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


@given(st.recursive(st.none() | st.text() | st.binary() | st.integers(), lambda s: st.lists(s) | st.tuples(s)))
def test_anything_can_be_redacted(value: Any) -> None:
    redact(value)


def test_text_that_has_no_utf8_form_still_gets_logged(stream: io.StringIO) -> None:
    get_logger("bot.test").info("odd", text="\ud800")
    assert lines(stream)[0]["event"] == "odd"


def test_a_terminal_gets_readable_lines() -> None:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream, pretty=True)
    get_logger("bot.test").info("ready", token="hunter2")
    structlog.reset_defaults()
    assert "ready" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
