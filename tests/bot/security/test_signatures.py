import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.security.signatures import sign_line_webhook, verify_line_webhook

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'


def test_the_signature_is_the_one_that_line_documents() -> None:
    """The vector of LINE's documentation, "Verify webhook signature"."""
    expected = base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()).decode()
    assert expected == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
    assert sign_line_webhook(SECRET, BODY) == expected


@given(st.binary(), st.text(min_size=1, alphabet=st.characters(codec="utf-8")))
def test_a_signature_holds_for_its_own_bytes_and_secret_alone(body: bytes, secret: str) -> None:
    signature = sign_line_webhook(secret, body)
    assert verify_line_webhook(secret, body, signature)
    assert not verify_line_webhook(secret, body + b" ", signature)
    assert not verify_line_webhook(secret + "x", body, signature)


@given(st.none() | st.text())
def test_a_garbage_header_is_false_and_never_an_error(header: str | None) -> None:
    assert verify_line_webhook(SECRET, BODY, header) is False


@pytest.mark.parametrize("change", [str.lower, lambda s: s + "=", lambda s: " " + s, lambda s: s[:-1], lambda s: "é"])
def test_other_spellings_of_a_signature_are_refused(change: type[str]) -> None:
    assert not verify_line_webhook(SECRET, BODY, change(sign_line_webhook(SECRET, BODY)))
