"""The running API against its own document, with requests that schemathesis makes up.

Each operation is asked a few times, rightly and wrongly; with `--full-faults` also at every limit that the
document names, and in sequences where one answer feeds the next request.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.partner_site import partner_site, schemathesis_settings
from tests.support.programs import finished

COMMAND = Path(sys.executable).with_name("schemathesis")
EVERY_DAY = ("--phases", "examples,fuzzing", "--max-examples", "3")
FULL = ("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "100")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
)


@pytest.mark.timeout(1800)
async def test_every_answer_is_one_that_the_document_tells_of(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path
) -> None:
    sizes = FULL if request.config.getoption("--full-faults") else EVERY_DAY
    async with partner_site(sqlite_url, tmp_path) as site:
        company_id, agent_id = await site.staffed_company(site.production)
        settings = tmp_path / "schemathesis.toml"
        settings.write_text(schemathesis_settings(site, company_id=company_id, agent_id=agent_id), encoding="utf-8")
        options = ("--checks", ",".join(CHECKS), "--continue-on-failure", "--no-shrink", "--warnings", "off")
        command = (COMMAND, "--config-file", settings, "run", f"{site.url}/openapi.json", *options, *sizes)
        done = await finished(*command, folder=tmp_path)
    assert done.status == 0, done.said
