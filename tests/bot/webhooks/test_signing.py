from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.webhooks.signing import derive_secret, sign, verify

VECTORS = Path(__file__).parents[4] / "shared" / "data" / "05_webhook_sign" / "standard_webhooks.jsonl"
AT = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = derive_secret("a master secret", "vendor:5")


def vectors() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        return []
    return [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]


def headers_of(vector: dict[str, Any]) -> dict[str, str]:
    return {f"webhook-{name}": vector[name] for name in ("id", "timestamp", "signature")}


@pytest.mark.skipif(not VECTORS.exists(), reason="needs ../shared/data/05_webhook_sign")
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_the_published_vectors_are_judged_as_published(vector: dict[str, Any]) -> None:
    now = datetime.fromtimestamp(vector["valid_at"], UTC)
    found = verify(vector["secret"], vector["payload"].encode(), headers=headers_of(vector), now=now)
    assert found == vector["valid"]


@pytest.mark.skipif(not VECTORS.exists(), reason="needs ../shared/data/05_webhook_sign")
def test_the_published_signature_is_made() -> None:
    vector = next(vector for vector in vectors() if vector["valid"])
    at = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
    assert sign(vector["secret"], vector["payload"].encode(), message_id=vector["id"], at=at) == headers_of(vector)


@given(body=st.binary(), other=st.binary())
def test_a_signature_fits_its_body_alone(body: bytes, other: bytes) -> None:
    headers = sign(SECRET, body, message_id="msg_1", at=AT)
    assert verify(SECRET, body, headers=headers, now=AT)
    assert verify(SECRET, other, headers=headers, now=AT) == (other == body)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_headers_that_say_anything_are_no_signature(headers: dict[str, str]) -> None:
    assert not verify(SECRET, b"", headers=headers, now=AT)


def test_each_receiver_has_a_secret_of_its_own() -> None:
    made = {derive_secret(master, who) for master in ("one", "two") for who in ("vendor:5", "vendor:6")}
    assert len(made) == 4
    assert {len(base64.b64decode(secret.removeprefix("whsec_"))) for secret in made} == {32}


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_????", "whsec_" + "A" * 20, SECRET.removeprefix("whsec_")])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="a signing secret is whsec_"):
        sign(secret, b"", message_id="msg_1", at=AT)


@pytest.mark.parametrize("message_id", ["", "a.b", "a b", "訊息", "a\nb"])
def test_an_id_that_could_be_read_otherwise_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="a message id is visible ASCII"):
        sign(SECRET, b"", message_id=message_id, at=AT)
