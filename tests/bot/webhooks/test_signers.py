"""What callbacks are signed with."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest
from standardwebhooks.webhooks import Webhook

from bot.webhooks.signers import Signers, SignerState, standard_key
from tests.support.settings import MakeSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BODY = '{"results":{"transcript":"שלום 你好","overall_score":8}}'.encode()
HEX_DIGITS = set("0123456789abcdef")


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Have the library take `now` for the time, which it holds a signature's against."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(now.timestamp(), tz)

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Then)


def signer(version: int = 1, previous_until: datetime | None = None) -> SignerState:
    return SignerState(uuid.UUID(int=7), version, previous_until)


def test_each_signer_and_each_version_has_a_secret_of_its_own(settings: MakeSettings) -> None:
    signers = Signers(settings())
    others = [signer(2), SignerState(uuid.uuid4(), 1, None)]
    secrets = {signers.secret(one) for one in (signer(), *others)}
    assert len(secrets) == 3
    assert all(secret.startswith("whsec_") for secret in secrets)
    assert signers.secret(signer()) in secrets


def test_without_a_webhook_secret_secrets_come_from_the_secret_key(settings: MakeSettings) -> None:
    keys = ("a" * 32, "a" * 32, "b" * 32)
    one, same, other = (Signers(settings(webhook_secret=None, secret_key=key)).secret(signer()) for key in keys)
    assert one == same != other


def test_the_documented_header_is_hex_keyed_with_the_secret_as_shown(settings: MakeSettings) -> None:
    signers = Signers(settings())
    headers = signers.headers(signer(), BODY, message_id="message", at=NOW)
    expected = hmac.new(signers.secret(signer()).encode(), BODY, hashlib.sha256).hexdigest()
    assert headers["X-Partner-Signature"] == expected
    assert len(expected) == 64
    assert set(expected) <= HEX_DIGITS
    assert "X-Partner-Signature-Previous" not in headers


def test_until_the_overlap_ends_both_secrets_sign(settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, NOW)
    signers, rotated = Signers(settings()), signer(2, NOW + timedelta(hours=1))
    headers = signers.headers(rotated, BODY, message_id="message", at=NOW)
    for secret in (signers.secret(signer(1)), signers.secret(rotated)):
        Webhook(secret).verify(BODY, headers)
    old = hmac.new(signers.secret(signer(1)).encode(), BODY, hashlib.sha256).hexdigest()
    assert headers["X-Partner-Signature-Previous"] == old
    later = signers.headers(rotated, BODY, message_id="message", at=NOW + timedelta(hours=1))
    assert "X-Partner-Signature-Previous" not in later
    assert len(later["webhook-signature"].split()) == 1


def test_a_shared_secret_is_everybodys_and_is_never_rotated(settings: MakeSettings) -> None:
    signers = Signers(settings(webhook_signing="shared", webhook_secret="one for all of them"))
    rotated = signer(2, NOW + timedelta(hours=1))
    assert signers.is_shared
    assert signers.secret(rotated) == signers.secret(signer()) == "one for all of them"
    assert "X-Partner-Signature-Previous" not in signers.headers(rotated, BODY, message_id="m", at=NOW)


@pytest.mark.parametrize(
    ("shared", "given_to_the_library"),
    [
        ("one for all of them", b"one for all of them"),
        ("whsec_bm90IGEgc2VjcmV0IHRoYXQgbWF0dGVycw==", "whsec_bm90IGEgc2VjcmV0IHRoYXQgbWF0dGVycw=="),
        ("0123456789abcdef" * 4, "0123456789abcdef" * 4),
    ],
)
def test_what_a_library_makes_of_a_shared_secret_verifies(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, shared: str, given_to_the_library: str | bytes
) -> None:
    at(monkeypatch, NOW)
    signers = Signers(settings(webhook_signing="shared", webhook_secret=shared))
    Webhook(given_to_the_library).verify(BODY, signers.headers(signer(), BODY, message_id="message", at=NOW))


def test_a_text_that_is_no_base64_is_a_key_as_it_stands() -> None:
    assert standard_key("whsec_not base64") == b"whsec_not base64"
    assert standard_key("whsec_") == b"whsec_"
