"""Partner A with a secret in all that it has, and a credential of every kind that must not see it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import ManualClock
from bot.models import (
    Agent,
    AsyncJob,
    Company,
    Partner,
    PartnerApiKey,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookLog,
    WebhookSigner,
)
from bot.security.keys import Purpose, derive_key
from bot.tenancy.bots import CreatedBot
from bot.tenancy.partners import Partners
from partner_api.api import Api
from partner_api.caller import Environment
from partner_api.keys.operators import OperatorKeys
from tests.support.partners import Client, MadeKey, make_bot, make_key, make_partner

SECRET = "機密CANARY"
ADDRESS = "https://example.com/CANARY"
# A token as our own accounts and those of outside systems have it.
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIiwicm9sZSI6IlNVUEVSX0FETUlOIn0.c2lnbmF0dXJl"
# Ids that nobody has, by the names that paths have for them.
NAMES = ("key_id", "partner_id", "bot_id", "company_id", "agent_id", "job_id", "delivery_id", "endpoint_id")
MISSING = {name: str(uuid.uuid4()) for name in NAMES} | {"entry_id": "999999"}
Headers = Mapping[str, str]


@dataclass(frozen=True)
class World:
    """`ids` are A's by the name that paths have for them; `credentials` the headers of each kind."""

    api: Api
    client: Client
    ids: Mapping[str, str]
    credentials: Mapping[str, Headers]

    async def call(
        self, name: str, credential: str, *, body: Any = None, query: str = "", ids: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Call a route, named by method and template, on what is A's, or on `ids`; status and body."""
        method, path = name.split(" ")
        ids = ids or self.ids
        url = f"{self.client.url}{path.format(**ids)}{query}"
        sent = {} if body is None else {"json": _filled(body, ids)}
        headers = self.credentials[credential]
        async with self.client.session.request(method, url, headers=headers, **sent) as response:
            return response.status, await response.text()


def _filled(body: Any, ids: Mapping[str, str]) -> Any:
    return {name: value.format(**ids) if isinstance(value, str) else value for name, value in body.items()}


async def world_on(api: Api, client: Client, clock: ManualClock) -> World:
    """The world on an empty store."""
    a, b = await make_partner(api, "A", slots=5), await make_partner(api, "B", slots=5)
    own, made = await make_key(api, a, name=SECRET), await make_bot(api, a, SECRET, system_prompt=SECRET)
    ids = {"key_id": str(own.caller.key_id), "partner_id": str(a.id), "bot_id": str(made.bot.id)}
    ids |= await _calls_of(api, own) | await _vendor_of(client, made, own)
    keys = await _keys(api, a, b, own=own, clock=clock)
    tokens = {"others_token": await make_bot(api, b, "b"), "siblings_token": await make_bot(api, a, "sibling")}
    bearers = {name: bot.mgmt_token for name, bot in tokens.items()} | {"own_token": made.mgmt_token}
    bearers |= await _bearers(api, a) | {"jwt": JWT, "unknown_token": str(uuid.uuid4())}
    # Whatever stands in the Authorization header, a right secret beside it must not help.
    others: dict[str, Headers] = {
        name: {"Authorization": f"Bearer {key}", "X-API-Secret": own.issued.api_secret} for name, key in bearers.items()
    }
    return World(api, client, ids, keys | others)


async def _calls_of(api: Api, key: MadeKey) -> dict[str, str]:
    """A company with an agent, a job, its delivery and where that went."""
    owner, now = _owner(key), api.clock.now()
    company = Company(id=uuid.uuid4(), name=SECRET, industry=SECRET, created_at=now, updated_at=now, **owner)
    endpoint = WebhookEndpoint(id=uuid.uuid4(), url=ADDRESS, url_hash="x", created_at=now, **owner)
    async with api.database.unit_of_work() as session:
        session.add_all([company, endpoint])
        (await session.get_one(WebhookSigner, key.caller.signer_id)).event_url = ADDRESS
        await session.flush()
        theirs, signed = {**owner, "company_id": company.id, "created_at": now}, {"signer_id": key.caller.signer_id}
        agent = Agent(id=uuid.uuid4(), email="canary@example.com", name=SECRET, role="agent", updated_at=now, **theirs)
        session.add(agent)
        await session.flush()
        job = AsyncJob(
            id=uuid.uuid4(), call_id=uuid.uuid4(), partner_api_key_id=key.caller.key_id, agent_id=agent.id,
            job_type="call_analysis", state="completed", request={"call_type": "general", "metadata": {"x": SECRET}},
            webhook_url=ADDRESS, results={"transcript": SECRET}, results_until=now + timedelta(days=30), attempts=1,
            started_at=now, ended_at=now, **signed, **theirs,
        )  # fmt: skip
        session.add(job)
        await session.flush()
        delivery = WebhookDelivery(
            id=uuid.uuid4(), message_id=uuid.uuid4(), endpoint_id=endpoint.id, async_job_id=job.id, subject_id=job.id,
            event="call_analysis", webhook_url=ADDRESS, lane=f"callback:{endpoint.id}", body=SECRET.encode(),
            state="succeeded", attempts=1, ended_at=now, **signed, **theirs,
        )  # fmt: skip
        session.add(delivery)
        await session.flush()
        attempt = {"webhook_url": ADDRESS, "attempt_number": 1, "success": True, "error_message": SECRET}
        session.add(WebhookLog(delivery_id=delivery.id, async_job_id=job.id, **attempt, **theirs))
    ids = {"company": company.id, "agent": agent.id, "job": job.id, "delivery": delivery.id, "endpoint": endpoint.id}
    return {f"{name}_id": str(value) for name, value in ids.items()}


async def _vendor_of(client: Client, made: CreatedBot, key: MadeKey) -> dict[str, str]:
    """A parameter and an entry of the bot's vendor."""
    path, value = f"/v1/bots/{made.bot.id}", {"category": "c", "param_key": "k", "param_value": SECRET}
    configured = await client.call("PUT", f"{path}/parameters", key=key, json={"configs": [value]})
    entry = {"question_summary": SECRET, "answer": SECRET}
    written = await client.call("POST", f"{path}/knowledge", key=key, json=entry)
    assert (configured.status, written.status) == (200, 201), (configured, written)
    return {"entry_id": str(written.body["id"])}


async def _keys(api: Api, a: Partner, b: Partner, *, own: MadeKey, clock: ManualClock) -> dict[str, Headers]:
    """Keys of A that open nothing or less, and those of others."""
    now = clock.now()
    second = Company(
        id=uuid.uuid4(), tenant_id=a.tenant_id, environment="production", name="second", created_at=now, updated_at=now
    )
    async with api.database.unit_of_work() as session:
        session.add(second)
    made = {
        "foreign": await make_key(api, b),
        "sandbox": await make_key(api, a, environment=Environment.SANDBOX),
        "bound": await make_key(api, a, company_id=second.id),
        "elsewhere": await make_key(api, a, allowed_ips=["203.0.113.7"]),
        "expired": await make_key(api, a, valid_for=timedelta(days=1)),
        "revoked": await make_key(api, a),
        "inactive": await make_key(api, a),
    }
    async with api.database.unit_of_work() as session:
        (await session.get_one(PartnerApiKey, made["revoked"].caller.key_id)).revoked_at = now
        (await session.get_one(PartnerApiKey, made["inactive"].caller.key_id)).is_active = False
    clock.advance(timedelta(days=1))
    unknown = {"Authorization": "Bearer pk_production_" + "x" * 43}
    return {name: key.headers for name, key in made.items()} | {
        "own": own.headers,
        "none": {},
        "without_secret": {"Authorization": own.headers["Authorization"]},
        "wrong_secret": {**own.headers, "X-API-Secret": made["foreign"].issued.api_secret},
        "unknown": {**own.headers, **unknown},
    }


async def _bearers(api: Api, a: Partner) -> dict[str, str]:
    """A's keys for provisioning, and the operator's."""
    partners = Partners(clock=api.clock, key_hash_key=derive_key(api.secret_key, Purpose.PARTNER_KEY))
    operators, imported = OperatorKeys(api.secret_key, clock=api.clock), str(uuid.uuid4())
    async with api.database.unit_of_work() as session:
        await partners.import_key(session, a, key=imported)
        _, operator = await operators.issue(session, "ops")
        gone, ended = await operators.issue(session, "gone")
        await operators.revoke(session, gone.id)
        provisioning = await partners.issue_key(session, a)
    return {"provisioning": provisioning, "imported": imported, "operator": operator, "ended_operator": ended}


def _owner(key: MadeKey) -> dict[str, Any]:
    return {"tenant_id": key.caller.principal.tenant_id, "environment": key.caller.environment.value}
