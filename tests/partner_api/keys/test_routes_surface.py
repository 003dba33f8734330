"""What opens `/api/partner/v1`, over HTTP."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.models import Partner, PartnerApiKey
from bot.security.keys import Purpose, derive_key
from bot.tenancy.partners import Partners
from partner_api.keys.errors import InvalidKey
from tests.partner_api.keys.conftest import Desk, MakeDesk
from tests.support.partners import MadeKey, make_key, make_partner

UNKNOWN = {"error": {"code": InvalidKey.code, "message": InvalidKey.message}}


async def change(desk: Desk, model: type[Any], row_id: uuid.UUID, **values: Any) -> None:
    async with desk.api.database.unit_of_work() as session:
        row = await session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)


async def test_a_key_with_its_secret_opens_it(desk: Desk) -> None:
    key = await make_key(desk.api)
    answer = await desk.probe(key)
    assert (answer.status, answer.body) == (200, {"key_id": str(key.caller.key_id)})


@pytest.mark.parametrize(
    ("drop", "code"), [(("Authorization", "X-API-Secret"), "missing_key"), (("X-API-Secret",), "missing_secret")]
)
async def test_a_key_or_secret_that_is_missing_is_told(desk: Desk, drop: tuple[str, ...], code: str) -> None:
    key = await make_key(desk.api)
    answer = await desk.probe(headers={name: value for name, value in key.headers.items() if name not in drop})
    assert (answer.status, answer.body["error"]["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_wrong_keys_and_secrets_are_told_alike(desk: Desk) -> None:
    key, other = await make_key(desk.api), await make_key(desk.api)
    unknown = {"Authorization": "Bearer pk_production_" + "x" * 43}
    for headers in ({"X-API-Secret": other.issued.api_secret}, {"X-API-Secret": "x"}, unknown):
        answer = await desk.probe(key, headers=headers)
        assert (answer.status, answer.body) == (401, UNKNOWN)
        assert "RateLimit" not in answer.headers


async def test_two_authorization_headers_open_nothing(desk: Desk) -> None:
    key = await make_key(desk.api)
    headers = [*key.headers.items(), ("Authorization", key.headers["Authorization"])]
    url = f"{desk.client.url}/api/partner/v1/probe"
    async with desk.client.session.get(url, headers=headers) as response:
        assert response.status == 401


@pytest.mark.parametrize("code", ["key_expired", "key_revoked", "key_inactive"])
async def test_why_a_key_has_ended_is_told_to_whoever_has_its_secret(desk: Desk, clock: ManualClock, code: str) -> None:
    key = await make_key(desk.api)
    ends = {"key_expired": {"expires_at": clock.now()}, "key_revoked": {"revoked_at": clock.now()}}
    await change(desk, PartnerApiKey, key.caller.key_id, **ends.get(code, {"is_active": False}))
    assert (await desk.probe(key)).body["error"]["code"] == code
    assert (await desk.probe(key, headers={"X-API-Secret": "sk_wrong"})).body == UNKNOWN


async def test_a_key_works_until_the_moment_it_expires(desk: Desk, clock: ManualClock) -> None:
    key = await make_key(desk.api)
    clock.advance(timedelta(days=365) - timedelta(microseconds=1))
    assert (await desk.probe(key)).status == 200
    clock.advance(timedelta(microseconds=1))
    assert (await desk.probe(key)).status == 401


async def test_a_disabled_partners_key_is_403(desk: Desk) -> None:
    key = await make_key(desk.api)
    await change(desk, Partner, key.caller.partner_id, is_active=False)
    answer = await desk.probe(key)
    assert (answer.status, answer.body["error"]["code"]) == (403, "partner_disabled")


async def test_keys_of_one_api_do_not_open_the_other(desk: Desk) -> None:
    partner = await make_partner(desk.api)
    key = await make_key(desk.api, partner)
    verbs = Partners(clock=desk.api.clock, key_hash_key=derive_key(desk.api.secret_key, Purpose.PARTNER_KEY))
    imported = str(uuid.uuid4())
    async with desk.api.database.unit_of_work() as session:
        provisioning = await verbs.issue_key(session, partner)
        await verbs.import_key(session, partner, key=imported)
    for other in (provisioning, imported):
        assert (await desk.probe(key, headers={"Authorization": f"Bearer {other}"})).body == UNKNOWN
    answer = await desk.client.call("POST", "/provision", key=key, json={"store_name": "x"})
    assert answer.status == 401


async def test_every_answer_tells_what_is_left_of_the_limit(desk: Desk) -> None:
    key = await make_key(desk.api, rate_limit=2)
    answers = [await desk.probe(key) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[0].headers["RateLimit"] == '"default";r=1;t=60'
    assert answers[2].body["error"]["code"] == "rate_limited"
    assert answers[2].headers["Retry-After"] == "60"


async def test_after_the_time_told_a_limited_key_is_let_through(desk: Desk, clock: ManualClock) -> None:
    key = await make_key(desk.api, rate_limit=1)
    await desk.probe(key)
    refused = await desk.probe(key)
    clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
    assert (await desk.probe(key)).status == 200


async def test_requests_that_are_refused_for_their_address_count(desk: Desk) -> None:
    key = await make_key(desk.api, rate_limit=1, allowed_ips=["203.0.113.7"])
    refused = await desk.probe(key)
    assert (refused.status, refused.body["error"]["code"]) == (403, "ip_not_allowed")
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert (await desk.probe(key)).status == 429


@pytest.mark.parametrize(("trusted", "status"), [("127.0.0.0/8", 200), ("", 403)])
async def test_only_a_trusted_proxy_says_where_a_request_comes_from(
    make_desk: MakeDesk, trusted: str, status: int
) -> None:
    desk = await make_desk(trusted_proxies=trusted)
    key = await make_key(desk.api, allowed_ips=["203.0.113.7"])
    assert (await desk.probe(key, headers={"X-Forwarded-For": "203.0.113.7"})).status == status


async def test_a_caller_cannot_put_an_allowed_address_before_its_own(make_desk: MakeDesk) -> None:
    desk = await make_desk(trusted_proxies="127.0.0.0/8")
    key: MadeKey = await make_key(desk.api, allowed_ips=["203.0.113.7"])
    assert (await desk.probe(key, headers={"X-Forwarded-For": "203.0.113.7, 198.51.100.1"})).status == 403


async def test_switched_off_it_is_404_for_everybody(make_desk: MakeDesk) -> None:
    desk = await make_desk(partner_api_enabled=False)
    key = await make_key(desk.api)
    for path in ("/v1/probe", "/v1/health", "/v1/bots", "/admin/keys", "/provision"):
        answer = await desk.client.call("GET", path, key=key)
        assert answer.status == 404, path
