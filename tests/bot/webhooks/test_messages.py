from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.webhooks.messages import OutgoingRequest, charset, content_type


@pytest.mark.parametrize(
    ("header", "kind", "encoding"),
    [
        ("", "", None),
        ("text/html", "text/html", None),
        ("Text/HTML; Charset=UTF-8", "text/html", "utf-8"),
        ('text/html; charset="big5"; x=y', "text/html", "big5"),
        ("text/html;charset=gb18030", "text/html", "gb18030"),
        ("text/html; charset=nope", "text/html", None),
        ("text/html; charset=utf-7", "text/html", None),
        ("text/html; charset=rot13", "text/html", None),
        ("text/html; charset=unicode_escape", "text/html", None),
        ("text/html; charset=base64", "text/html", None),
        ("text/html; charset=", "text/html", None),
        ("; charset=utf-8", "", "utf-8"),
    ],
)
def test_a_content_type_is_read(header: str, kind: str, encoding: str | None) -> None:
    assert (content_type(header), charset(header)) == (kind, encoding)


@given(label=st.text(alphabet=st.characters(codec="utf-8")), page=st.binary())
def test_a_charset_that_is_given_can_be_used(label: str, page: bytes) -> None:
    found = charset(f"text/html; charset={label}")
    assert found is None or page.decode(found, "replace") is not None


def test_what_a_request_holds_is_not_shown_when_it_is_printed() -> None:
    shown = repr(OutgoingRequest(url="https://shop.test/?key=hunter2", headers={"X-Key": "hunter2"}, body=b"hunter2"))
    assert "hunter2" not in shown
