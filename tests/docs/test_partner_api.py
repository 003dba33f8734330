"""What the pages on the Partner API tell their reader to run, on a server, with a sandbox key.

The blocks of a page that stand below `<!-- run on a server -->` run one after the other in one shell.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.code import ROOT
from tests.support.partner_site import PartnerSite, partner_site
from tests.support.programs import finished

API = ROOT / "docs" / "api"
RUN = re.compile(r"<!-- run on a server -->\n```(?:sh|bash)\n(.*?)```", re.DOTALL)
SCRIPTS = {
    page.stem: "\n".join(RUN.findall(page.read_text(encoding="utf-8")))
    for page in [API / "partner.md", *sorted((API / "partner").glob("*.md"))]
}
# What the sandbox has not.
OF_PRODUCTION = frozenset({"bots"})
TOOLS = ("curl", "jq", "openssl")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"the documented calls need {', '.join(TOOLS)}"
)


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[PartnerSite]:
    async with partner_site(sqlite_url, tmp_path) as site:
        yield site


@pytest.mark.parametrize("page", [name for name, script in SCRIPTS.items() if script])
async def test_what_a_page_says_to_run_works(page: str, site: PartnerSite, tmp_path: Path) -> None:
    key = site.production if page in OF_PRODUCTION else site.sandbox
    environment = site.environment(tmp_path, key=key) | {"PARTNER_PROVISIONING_KEY": site.provisioning_key}
    done = await finished("bash", "-euo", "pipefail", "-c", SCRIPTS[page], folder=tmp_path, environment=environment)
    assert done.status == 0, done.said
    assert '"error"' not in done.said, done.said
