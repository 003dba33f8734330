from __future__ import annotations

import socket

import pytest

from bot.webhooks.guard import AddressRefused, Guard
from bot.webhooks.urls import parse_allowed
from tests.bot.webhooks.conftest import FakeResolver


def info(host: str, port: int = 80) -> tuple[int, int, int, str, tuple[str, int]]:
    return (
        socket.AF_INET6 if ":" in host else socket.AF_INET,
        socket.SOCK_STREAM,
        socket.IPPROTO_TCP,
        "",
        (host, port),
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1", "localhost", ""])
def test_no_socket_is_made_for_an_inside_address(host: str) -> None:
    guard = Guard(FakeResolver())
    with pytest.raises(AddressRefused):
        guard.open_socket(info(host))


@pytest.mark.parametrize("host", ["93.184.216.34", "2606:4700::1111"])
def test_a_socket_is_made_for_a_public_address(host: str) -> None:
    with Guard(FakeResolver()).open_socket(info(host)) as made:
        assert made.family == (socket.AF_INET6 if ":" in host else socket.AF_INET)


async def test_an_allowed_name_opens_its_own_address_and_port_alone() -> None:
    resolver = FakeResolver({"shop.test": [["10.0.0.5", "127.0.0.1"]]})
    guard = Guard(resolver, allow=parse_allowed(["shop.test:9000"]))
    with pytest.raises(AddressRefused):
        await guard.resolve("shop.test", 9001)
    with pytest.raises(AddressRefused):
        guard.open_socket(info("10.0.0.5", 9000))
    assert [item["host"] for item in await guard.resolve("shop.test", 9000)] == ["10.0.0.5", "127.0.0.1"]
    guard.open_socket(info("10.0.0.5", 9000)).close()
    with pytest.raises(AddressRefused):
        guard.open_socket(info("10.0.0.5", 9001))


async def test_of_what_a_name_leads_to_the_public_part_remains() -> None:
    guard = Guard(FakeResolver({"shop.test": [["10.0.0.5", "93.184.216.34", "fe80::1"]]}))
    assert [item["host"] for item in await guard.resolve("shop.test", 80)] == ["93.184.216.34"]


async def test_a_name_that_does_not_exist_stays_so() -> None:
    with pytest.raises(OSError, match="not known"):
        await Guard(FakeResolver()).resolve("shop.test", 80)
