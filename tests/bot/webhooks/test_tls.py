from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.webhooks.errors import FetchFailed
from bot.webhooks.messages import OutgoingRequest
from tests.bot.webhooks.conftest import MakeSender, MakeSite, answer, sends


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(today).not_valid_after(today + timedelta(days=36_500))
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    (tmp_path / "certificate.pem").write_bytes(
        builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem")
    return context


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    site: MakeSite, sender: MakeSender, self_signed: ssl.SSLContext
) -> None:
    shop = await site(sends(answer(b"ok")), ssl=self_signed)
    with pytest.raises(FetchFailed, match=r"^127\.0\.0\.1 has no valid certificate\.$"):
        await sender(shop).send(OutgoingRequest(url=f"https://{shop.pair}/"))
    assert shop.heads == []


async def test_a_host_that_speaks_no_tls_is_refused(site: MakeSite, sender: MakeSender) -> None:
    shop = await site(sends(answer(b"ok")))
    shop_in_tls = OutgoingRequest(url=f"https://{shop.pair}/", timeout=1)
    with pytest.raises(FetchFailed):
        await sender(shop).send(shop_in_tls)
    assert shop.heads == []
