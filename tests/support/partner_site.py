"""The running product with a partner of its own: its keys, a company, an agent, and what its programs are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.security.keys import Purpose, derive_key
from bot.tenancy.partners import Partners
from partner_api.api import Api
from partner_api.caller import Environment
from tests.support.partners import Client, MadeKey, make_key, make_partner
from tests.support.running import Running, running
from tests.support.servers import environment_of

LIMIT = 60_000
COMPANY = {"name": "Test Company", "industry": "retail", "contact_email": "admin@testcompany.com"}
TRANSCRIPT = "Agent: Thank you for calling. How can I help?\nCustomer: What does the larger plan cost?"
AGENT = {"email": "agent@testcompany.com", "name": "John Doe", "role": "agent"}


@dataclass(frozen=True)
class PartnerSite:
    """A partner's view of a server: `client` calls it, each key opens its own environment."""

    product: Running
    client: Client
    provisioning_key: str
    sandbox: MadeKey
    production: MadeKey

    @property
    def api(self) -> Api:
        return self.product.shopkeeper.partner_api

    @property
    def url(self) -> str:
        return self.product.url

    def webhook_secret(self, key: MadeKey) -> str:
        """What callbacks of jobs of `key` are signed with."""
        return self.api.signers.secret(key.issued.signer)

    async def staffed_company(self, key: MadeKey) -> tuple[str, str]:
        """The ids of a new company and its agent."""
        company = await self._made(key, "/v1/companies/create", COMPANY)
        return company, await self._made(key, f"/v1/companies/{company}/agents/create", AGENT)

    async def _made(self, key: MadeKey, path: str, body: dict[str, str]) -> str:
        answer = await self.client.call("POST", path, key=key, json=body)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    async def provisioned(self, name: str = "StockRadar Assistant") -> dict[str, Any]:
        """The answer to provisioning a bot."""
        headers = {"Authorization": f"Bearer {self.provisioning_key}"}
        answer = await self.client.call("POST", "/provision", headers=headers, json={"store_name": name})
        assert answer.status == 201, answer.body
        return dict(answer.body)

    async def handed_in(self, key: MadeKey, *, webhook_url: str | None = None) -> str:
        """The id of the job of a call of a new company."""
        company_id, agent_id = await self.staffed_company(key)
        body = {"transcript": TRANSCRIPT, "company_id": company_id, "agent_id": agent_id, "webhook_url": webhook_url}
        answer = await self.client.call("POST", "/v1/calls/analyze", key=key, json=body)
        assert answer.status == 202, answer.body
        return str(answer.body["job_id"])

    def environment(self, folder: Path, *, key: MadeKey, webhook_url: str | None = None) -> dict[str, str]:
        """The variables that the examples read."""
        return environment_of(
            folder,
            PARTNER_BASE_URL=self.url,
            PARTNER_API_KEY=key.issued.api_key,
            PARTNER_API_SECRET=key.issued.api_secret,
            PARTNER_WEBHOOK_SECRET=self.webhook_secret(key),
            PARTNER_WEBHOOK_URL=webhook_url,
        )


@asynccontextmanager
async def partner_site(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[PartnerSite]:
    """The product with its workers, and a partner with slots and keys of both environments."""
    async with running(database_url, folder, **settings) as product, aiohttp.ClientSession() as session:
        api = product.shopkeeper.partner_api
        partner = await make_partner(api, slots=1_000)
        partners = Partners(clock=api.clock, key_hash_key=derive_key(api.secret_key, Purpose.PARTNER_KEY))
        async with api.database.unit_of_work() as unit:
            provisioning_key = await partners.issue_key(unit, partner)
        keys = {one: await make_key(api, partner, environment=one, rate_limit=LIMIT) for one in Environment}
        yield PartnerSite(
            product,
            Client(product.url, session),
            provisioning_key,
            sandbox=keys[Environment.SANDBOX],
            production=keys[Environment.PRODUCTION],
        )
