from __future__ import annotations

import socket
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.webhooks.addresses import is_public
from bot.webhooks.errors import UnsafeAddress
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.urls import MAX_URL, endpoint_url, has_query, parse_allowed, parse_target
from tests.bot.webhooks.conftest import FakeResolver, MakeSender, Site

# {p} is the port of a listener on 127.0.0.1. Every name is answered with 127.0.0.1.
INSIDE_TABLE = """
http://127.0.0.1:{p}/               http://127.1:{p}/                   http://127.0.1:{p}/
http://127.255.255.254:{p}/         http://0:{p}/                       http://0.0.0.0:{p}/
http://2130706433:{p}/              http://0x7f000001:{p}/              http://0x7f.1:{p}/
http://0177.0.0.1:{p}/              http://017700000001:{p}/            http://127.0.0.0x1:{p}/
http://0x7F.0x0.0x0.0x1:{p}/        http://127.0.0.01:{p}/              http://127.0.0.1.:{p}/
http://127.0.0.1..:{p}/             http://4294967295:{p}/              http://127.0.0.256:{p}/
http://[::]:{p}/                    http://[::1]:{p}/                   http://[0:0:0:0:0:0:0:1]:{p}/
http://[::127.0.0.1]:{p}/           http://[::ffff:127.0.0.1]:{p}/      http://[::ffff:7f00:1]:{p}/
http://[0:0:0:0:0:ffff:7f00:1]:{p}/ http://[::ffff:0:7f00:1]:{p}/       http://[64:ff9b::7f00:1]:{p}/
http://[64:ff9b:1::7f00:1]:{p}/     http://[2002:7f00:1::]:{p}/         http://[2001:0:7f00:1::]:{p}/
http://[fe80::1%25lo]:{p}/          http://[fe80::1]:{p}/               http://[fc00::1]:{p}/
http://[fd00:ec2::254]/             http://[fec0::1]/                   http://[ff02::1]/
http://[2001:db8::1]/               http://[100::1]/                    http://[::1%25]:{p}/
http://[v1.a]:{p}/                  http://[127.0.0.1]:{p}/             http://[::1:{p}/
http://10.0.0.1/                    http://172.16.0.1/                  http://172.31.255.255/
http://192.168.0.1/                 http://169.254.169.254/latest/      http://2852039166/latest/
http://0xA9FEA9FE/                  http://0251.0376.0251.0376/         http://100.64.0.1/
http://100.100.100.200/             http://192.0.0.192/                 http://198.18.0.1/
http://192.0.2.1/                   http://224.0.0.1/                   http://240.0.0.1/
http://255.255.255.255/             http://168.63.129.16/               http://192.88.99.1/
http://localhost:{p}/               http://LOCALHOST:{p}/               http://localhost.:{p}/
http://a.localhost:{p}/             http://redis:{p}/                   http://metadata.google.internal/
http://printer.local:{p}/           http://router.home.arpa/            http://example.com.:{p}/
http://127.0.0.1.nip.io:{p}/        http://shop.example.com:{p}/        https://shop.example.com:{p}/
http://localhost%00.example.com:{p}/ http://127.0.0.1%2f@example.com/   http://%31%32%37.0.0.1:{p}/
http://foo@127.0.0.1:{p}/           http://foo:bar@shop.example.com:{p}/ http://@127.0.0.1:{p}/
http://127.0.0.1:{p}#@example.com/  http://example.com:80@127.0.0.1:{p}/ http://127.0.0.1:{p}?@example.com/
http://①②⑦.⓪.⓪.①:{p}/              http://127。0。0。1:{p}/             http://１２７.0.0.1:{p}/
http://127．0．0．1:{p}/            http://ⓛocalhost:{p}/               http://127｡0｡0｡1:{p}/
http://ｅxample.com:{p}/              http://exa‌mple.com:{p}/             http://a℀b.com:{p}/                 http://ｌocalhost:{p}/
http:///127.0.0.1:{p}/              http:127.0.0.1:{p}/                 http:/127.0.0.1:{p}/
///127.0.0.1:{p}/                   //127.0.0.1:{p}/                    127.0.0.1:{p}/
http:\\\\127.0.0.1:{p}/             http://example.com\\@127.0.0.1:{p}/ http://127.0.0.1\\.example.com:{p}/
file:///etc/passwd                  gopher://127.0.0.1:{p}/_x           ftp://127.0.0.1:{p}/
data:text/html,x                    unix:/run/docker.sock               jar:http://127.0.0.1:{p}!/
dict://127.0.0.1:{p}/               javascript:alert(1)                 ws://127.0.0.1:{p}/
http://                             http://:{p}/                        http://?x
http://.:{p}/                       http://-:{p}/                       http://a..b:{p}/
http://shop.example.com:0/          http://shop.example.com:22/         http://shop.example.com:25/
http://shop.example.com:5432/       http://shop.example.com:6379/       http://shop.example.com:11211/
http://shop.example.com:65536/      http://shop.example.com:-1/         http://shop.example.com:8o/
http://shop.example.com:{p}:80/     http://shop.example.com:+{p}/       http://shop.example.com:８０/
"""
INSIDE = INSIDE_TABLE.split()
WITH_INVISIBLE = [
    "http://127.0.0.1:{p}/\r\nX: y",
    "http://shop.example.com:{p}/\r\nHost: inside",
    " http://127.0.0.1:{p}/",
    "http://127.0.0.1:{p}/ ",
    "http://127.0.0.1\t:{p}/",
    "http://127.0.0.1\x00.example.com:{p}/",
    "ht\ntp://127.0.0.1:{p}/",
    "http://shop.example.com:{p}/\ud800",
    "http://shop\u200b.example.com:{p}/",
    "http://shop.example.com:{p}/" + "a" * MAX_URL,
    "http://shop.example.com:{p}/" + "價" * 1_000,
    "http://" + "a" * 64 + ".example.com:{p}/",
    "http://" + "a." * 130 + "com:{p}/",
    "",
]
# Of these nothing but the address behind the name is wrong.
LOOK_ORDINARY = [
    f"{url}:{{p}}/" for url in ("http://127.0.0.1.nip.io", "http://shop.example.com", "https://shop.example.com")
]


@pytest.mark.parametrize("url", [*INSIDE, *WITH_INVISIBLE])
async def test_a_hostile_url_connects_to_nothing(tripwire: Site, sender: MakeSender, url: str) -> None:
    careful = sender(resolver=FakeResolver(otherwise="127.0.0.1"))
    with pytest.raises(UnsafeAddress):
        await careful.send(OutgoingRequest(url=url.replace("{p}", str(tripwire.port))))
    assert tripwire.connections == 0


@pytest.mark.parametrize("url", [url for url in [*INSIDE, *WITH_INVISIBLE] if url not in LOOK_ORDINARY])
def test_a_hostile_url_is_refused_before_any_name_is_looked_up(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        parse_target(url.replace("{p}", "8080"))


def test_the_table_holds_what_it_should() -> None:
    assert len(INSIDE) == len(set(INSIDE)) >= 120


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        ("HTTPS://Shop.Example.COM:8443/A?b=C#d", "https://shop.example.com:8443/A?b=C"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("http://[2606:4700:0::1111]:8080/x", "http://[2606:4700::1111]:8080/x"),
        ("https://例子.台灣/價目表", "https://xn--fsqu00a.xn--kpry57d/%E5%83%B9%E7%9B%AE%E8%A1%A8"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://a_b.example.com/@user?q=a@b", "https://a_b.example.com/@user?q=a@b"),
        ("https://1a.example.0x.tw/", "https://1a.example.0x.tw/"),
    ],
)
def test_an_ordinary_url_is_sent_as_written(url: str, sent: str) -> None:
    assert str(parse_target(url).url) == sent


@given(address=st.ip_addresses(), port=st.sampled_from(["", ":8080"]))
def test_an_address_is_a_host_exactly_when_it_is_public(address: object, port: str) -> None:
    host = f"[{address}]" if ":" in str(address) else str(address)
    if is_public(ip_address(str(address))):
        assert parse_target(f"http://{host}{port}/").host == str(address)
    else:
        with pytest.raises(UnsafeAddress):
            parse_target(f"http://{host}{port}/")


PIECE = st.integers(0, 0xFFFF_FFFF).flatmap(lambda n: st.sampled_from([str(n), hex(n), f"0{n:o}", hex(n).upper()]))


@given(host=st.lists(PIECE | st.integers(0, 300).map(str), min_size=1, max_size=5).map(".".join))
@example(host="127.1")
def test_numbers_mean_the_same_address_to_us_and_to_the_operating_system(host: str) -> None:
    try:
        found = parse_target(f"http://{host}/").host
    except UnsafeAddress:
        return
    assert socket.inet_aton(found) == IPv4Address(host).packed
    assert is_public(IPv4Address(host))


@given(text=st.text() | st.text(alphabet="htps:/@[]%.#?\\127.0axX：／。①ſK-_").map(lambda text: f"http://{text}"))
def test_any_text_is_refused_or_names_one_host(text: str) -> None:
    try:
        target = parse_target(text)
    except UnsafeAddress:
        return
    assert target.host == target.url.raw_host
    assert target.host.isascii()
    assert "." in target.host or ":" in target.host


def test_what_is_refused_is_not_repeated() -> None:
    with pytest.raises(UnsafeAddress) as caught:
        parse_target("http://user:hunter2@shop.example.com/?token=hunter2")
    assert "hunter2" not in str(caught.value)


def test_an_allowed_pair_is_let_through_whatever_its_port() -> None:
    allow = parse_allowed(["LocalHost:22", "[0:0::1]:80", "10.0.0.1:6379"])
    for url in ("http://localhost:22/", "http://[::1]/", "http://10.0.0.1:6379/"):
        assert parse_target(url, allow=allow).port in (22, 80, 6379)
    with pytest.raises(UnsafeAddress):
        parse_target("http://localhost/", allow=allow)


@pytest.mark.parametrize("pair", ["", "localhost", "[::1]", "a:b", "localhost:0", "http://localhost:80"])
def test_a_pair_that_is_none_stops_the_start(pair: str) -> None:
    with pytest.raises(ValueError, match="not a host and a port"):
        parse_allowed([pair])


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://p.example/cb?job=1", "https://p.example/cb"),
        ("HTTPS://P.Example:443/cb?job=2#x", "https://p.example/cb"),
        ("https://p.example", "https://p.example/"),
        ("https://p.example?job=1", "https://p.example/"),
        ("https://p.example:8443/a%2Fb/?", "https://p.example:8443/a%2Fb/"),
        ("http://p.example/cb#?job=1", "http://p.example/cb"),
        ("https://p.example/jobs/1", "https://p.example/jobs/1"),
        ("http://[2606:2800:220:1::1]:80/x", "http://[2606:2800:220:1::1]/x"),
        ("no url", "no url"),
    ],
)
def test_an_endpoint_is_an_address_without_its_query(url: str, endpoint: str) -> None:
    assert endpoint_url(url) == endpoint
    assert has_query(url) == ("?" in url and "#?" not in url)


@given(st.text())
def test_anything_has_an_endpoint(text: str) -> None:
    assert not has_query(endpoint_url(text)) or endpoint_url(text) == text
