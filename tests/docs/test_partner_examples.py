"""The examples for partners, each run against a server with a sandbox key, receivers with real deliveries."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.support.code import ROOT
from tests.support.partner_site import PartnerSite, partner_site
from tests.support.programs import Finished, finished, listening
from tests.support.servers import free_port
from tests.support.waiting import eventually
from tests.support.web import serving

EXAMPLES = ROOT / "docs" / "partner-api-examples"


@dataclass(frozen=True)
class Language:
    """How the examples of a language are run, in its folder; `needs` are the programs that it takes."""

    needs: tuple[str, ...]
    client: tuple[str, ...]
    receiver: Callable[[int], tuple[str, ...]] | None = None


LANGUAGES: Mapping[str, Language] = {
    "python": Language(("python3",), ("python3", "client.py"), lambda _port: ("python3", "receiver.py")),
    "php": Language(("php",), ("php", "client.php"), lambda port: ("php", "-S", f"127.0.0.1:{port}", "receiver.php")),
    "node": Language(("node",), ("node", "client.mjs")),
    "curl": Language(("curl", "jq", "openssl"), ("bash", "client.sh")),
}


def runnable(*, receivers: bool = False) -> list[Any]:
    """The languages, those left out whose programs are missing here."""
    found = []
    for name, language in LANGUAGES.items():
        if receivers and language.receiver is None:
            continue
        missing = ", ".join(program for program in language.needs if shutil.which(program) is None)
        found.append(pytest.param(name, marks=pytest.mark.skipif(bool(missing), reason=f"{missing} is missing here")))
    return found


@dataclass(frozen=True)
class Place:
    """A site, and where the receivers that it may call listen."""

    site: PartnerSite
    port: int

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhook"

    async def is_open(self) -> bool:
        """Whether somebody listens there."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def hand_in(self) -> str:
        """The id of the job of a call, whose end is told to the receiver."""
        return await self.site.handed_in(self.site.sandbox, webhook_url=self.webhook_url)

    async def score(self, job_id: str) -> str:
        """The overall score of a job, as JavaScript writes numbers."""
        answer = await self.site.client.call("GET", f"/v1/jobs/{job_id}/status", key=self.site.sandbox)
        return f"{answer.body['results']['overall_score']:g}"


@pytest.fixture
async def place(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    port = free_port()
    async with partner_site(sqlite_url, tmp_path, ssrf_allow=f"127.0.0.1:{port}") as site:
        yield Place(site, port)


@pytest.mark.parametrize("name", runnable())
async def test_a_client_gets_its_call_analysed(name: str, place: Place, tmp_path: Path) -> None:
    site = place.site
    environment = site.environment(tmp_path, key=site.sandbox)
    done = await finished(*LANGUAGES[name].client, folder=EXAMPLES / name, environment=environment)
    assert done.status == 0, done.said
    first, last = done.said.splitlines()
    assert re.fullmatch(r"Job [0-9a-f-]{36} is queued, about .+", first)
    assert re.fullmatch(r"Job [0-9a-f-]{36} is completed, overall score \d+(\.\d+)?", last)


@pytest.mark.parametrize("name", runnable(receivers=True))
async def test_a_receiver_accepts_what_was_sent_and_nothing_else(name: str, place: Place, tmp_path: Path) -> None:
    site, receiver = place.site, LANGUAGES[name].receiver
    assert receiver is not None
    environment = site.environment(tmp_path, key=site.sandbox) | {"PORT": str(place.port)}
    async with listening(*receiver(place.port), folder=EXAMPLES / name, environment=environment) as program:
        await eventually(place.is_open)
        job_id = await place.hand_in()
        assert await program.line("accepted") == f"accepted {job_id} completed {await place.score(job_id)}"
        async with site.client.session.post(place.webhook_url, json={"job_id": job_id}) as forged:
            assert forged.status == 401
        assert await program.line("refused") == "refused"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is missing here")
async def test_a_saved_delivery_is_verified_by_a_shell_script(place: Place, tmp_path: Path) -> None:
    got = asyncio.Event()

    async def save(request: web.Request) -> web.Response:
        lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        (tmp_path / "headers").write_bytes(lines.encode())
        (tmp_path / "body").write_bytes(await request.read())
        got.set()
        return web.Response()

    environment = place.site.environment(tmp_path, key=place.site.sandbox)
    command = ("bash", EXAMPLES / "curl" / "verify.sh", "headers", "body")
    async with serving(save, port=place.port), asyncio.timeout(30):
        await place.hand_in()
        await got.wait()
    assert await finished(*command, folder=tmp_path, environment=environment) == Finished(0, "valid\n")
    (tmp_path / "body").write_bytes((tmp_path / "body").read_bytes().replace(b"completed", b"cancelled"))
    assert (await finished(*command, folder=tmp_path, environment=environment)).status == 1
