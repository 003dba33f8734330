"""The running API against its own document."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from partner_api.jobs.states import OPEN
from tests.support.conformance import conforms, operations, table
from tests.support.partner_site import PartnerSite, partner_site
from tests.support.partners import MadeKey

# `/companies/create` is the path of a company as well, so that its other methods are those of a company that isn't
# there. And of two ids in a path the wrong one is replaced by the one that is given here, so that the request is right
# after all.
CHECKS = """
[[operations]]
include-path = "/api/partner/v1/companies/create"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

[[operations]]
include-path = "/api/partner/v1/bots/{bot_id}/knowledge/{entry_id}"
checks.negative_data_rejection.enabled = false
"""


async def ended_job(site: PartnerSite, key: MadeKey) -> tuple[str, Any]:
    """A job that has ended, with what is answered of it."""
    job_id = await site.handed_in(key)
    while True:
        answer = await site.client.call("GET", f"/v1/jobs/{job_id}/status", key=key)
        if answer.body["status"] not in OPEN:
            return job_id, answer.body
        await asyncio.sleep(0.02)


async def settings_on(site: PartnerSite) -> list[str]:
    """Who calls which operation, and ids that exist; what is deleted on the way is something else."""
    company_id, _ = await site.staffed_company(site.production)
    job_id, _ = await ended_job(site, site.production)
    kept, given_up = [str((await site.provisioned())["bot_id"]) for _ in range(2)]
    known = {"path.company_id": company_id, "path.job_id": job_id, "path.bot_id": kept}
    bot = 'include-path = "/api/partner/v1/bots/{bot_id}"\ninclude-method = "DELETE"'
    provisioning = {"Authorization": f"Bearer {site.provisioning_key}"}
    return [
        table("parameters", known),
        operations('include-path = "/api/partner/provision"', "headers", provisioning),
        operations('include-path-regex = "^/api/partner/v1"', "headers", site.production.headers),
        operations(bot, "parameters", {"path.bot_id": given_up}),
        CHECKS,
    ]


@pytest.mark.timeout(1800)
async def test_every_answer_is_one_that_the_document_tells_of(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path
) -> None:
    async with partner_site(sqlite_url, tmp_path) as site:
        settings = await settings_on(site)
        done = await conforms(site.url, paths="^/api/partner", settings=settings, folder=tmp_path, request=request)
    assert done.status == 0, done.said
    assert "passed" in done.said


async def test_results_are_what_the_document_describes(sqlite_url: str, tmp_path: Path) -> None:
    async with partner_site(sqlite_url, tmp_path) as site:
        _, pretended = await ended_job(site, site.sandbox)
        _, analysed = await ended_job(site, site.production)
        async with site.client.session.get(f"{site.url}/openapi.json") as response:
            document = await response.json()
    schema = {"$ref": "#/components/schemas/CallResults", "components": document["components"]}
    for job in (pretended, analysed):
        jsonschema_rs.validate(schema, job["results"])
