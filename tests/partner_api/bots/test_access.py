"""Who may manage which bot."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import update

from bot.models import Partner
from bot.models.partner_api import Company
from partner_api.caller import Environment
from tests.partner_api.bots.conftest import Desk, desk_on
from tests.partner_api.conftest import refused
from tests.support.partners import make_key


async def test_the_token_opens_its_own_bot_and_the_key_every_bot_of_its_partner(desk: Desk) -> None:
    by_key, by_token = await desk.call("GET"), await desk.token_call("GET")
    assert by_key.status == by_token.status == 200
    assert by_key.body == by_token.body
    assert by_token.headers["X-RateLimit-Limit"] == "1000"
    assert refused(await desk.client.call("GET", "/v1/bots", headers=desk.by_token)) == (403, "partner_key_needed")


async def test_what_is_no_bots_id_is_told_like_another_partners_bot(desk: Desk) -> None:
    other = await desk_on(desk.api, desk.client, name="別家")
    ids = (str(desk.bot.id), str(uuid.uuid4()), "none", str(other.bot.id).replace("-", ""))
    answers = [await desk.client.call("GET", f"/v1/bots/{one}", key=other.key) for one in ids]
    answers += [await desk.client.call("GET", f"/v1/bots/{one}", headers=other.by_token) for one in ids]
    assert {refused(answer) for answer in answers} == {(404, "bot_not_found")}
    assert all(answer.body == answers[0].body for answer in answers)


async def test_keys_of_the_sandbox_and_of_one_company_are_told_so(desk: Desk) -> None:
    now = desk.api.clock.now()
    company = Company(
        id=uuid.uuid4(), tenant_id=desk.partner.tenant_id, environment="production", name="x", created_at=now,
        updated_at=now,
    )  # fmt: skip
    async with desk.api.database.unit_of_work() as session:
        session.add(company)
    sandbox = await make_key(desk.api, desk.partner, environment=Environment.SANDBOX)
    bound = await make_key(desk.api, desk.partner, company_id=company.id)
    for path in ("/bots", f"/bots/{desk.bot.id}", "/slots"):
        assert refused(await desk.client.call("GET", f"/v1{path}", key=sandbox)) == (403, "no_sandbox_bots")
        assert refused(await desk.client.call("GET", f"/v1{path}", key=bound)) == (403, "company_bound")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Bearer 00000000-0000-4000-8000-000000000000", "invalid_token"),
        ("Bearer pk_production_none", "missing_secret"),
        ("Basic abc", "missing_key"),
        ("Bearer {token}x", "missing_secret"),
    ],
)
async def test_what_is_no_credential_is_401(desk: Desk, header: str, code: str) -> None:
    headers = {"Authorization": header.format(token=desk.token)}
    answer = await desk.client.call("GET", f"/v1/bots/{desk.bot.id}", headers=headers)
    assert refused(answer) == (401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_opens_nothing_but_its_bot(desk: Desk) -> None:
    for method, path in (("GET", "/v1/slots"), ("GET", "/v1/companies"), ("GET", "/v1/health"), ("POST", "/provision")):
        answer = await desk.client.call(method, path, headers=desk.by_token)
        assert answer.status == 401
    for header in ({"Authorization": desk.by_token["Authorization"].upper()}, desk.by_token):
        assert (await desk.client.call("GET", f"/v1/bots/{desk.bot.id}", headers=header)).status == 200


async def test_a_disabled_partners_token_opens_nothing(desk: Desk) -> None:
    async with desk.api.database.unit_of_work() as session:
        await session.execute(update(Partner).values(is_active=False))
    assert refused(await desk.token_call("GET")) == (403, "partner_disabled")
    assert refused(await desk.call("GET")) == (403, "partner_disabled")


async def test_a_rolled_token_is_shown_once_and_ends_the_one_before(desk: Desk) -> None:
    headers = {**desk.by_token, "Idempotency-Key": "roll-1"}
    rolled = await desk.client.call("POST", f"/v1/bots/{desk.bot.id}/mgmt-token/roll", headers=headers)
    assert (rolled.status, rolled.headers["Cache-Control"]) == (200, "no-store")
    assert refused(await desk.token_call("GET")) == (401, "invalid_token")
    fresh = {"Authorization": f"Bearer {rolled.body['mgmt_token']}"}
    assert (await desk.client.call("GET", f"/v1/bots/{desk.bot.id}", headers=fresh)).status == 200
    again = await desk.client.call(
        "POST", f"/v1/bots/{desk.bot.id}/mgmt-token/roll", headers=fresh | {"Idempotency-Key": "roll-1"}
    )
    assert (again.body, again.headers["Idempotency-Replayed"]) == (rolled.body, "true")
