"""The examples for partners, each run against a server with a sandbox key, receivers with real deliveries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from tests.support.code import ROOT
from tests.support.node import installed_modules
from tests.support.partner_site import PartnerSite, partner_site
from tests.support.programs import Finished, finished, listening
from tests.support.servers import environment_of, free_port
from tests.support.waiting import eventually
from tests.support.web import serving

EXAMPLES = ROOT / "docs" / "partner-api-examples"


CLIENTS: Mapping[str, Sequence[str]] = {
    "python": ("python3", "client.py"),
    "php": ("php", "client.php"),
    "node": ("node", "client.mjs"),
    "curl": ("bash", "client.sh"),
}
RECEIVERS: Mapping[str, Sequence[str]] = {
    "python": ("python3", "receiver.py"),
    "php": ("php", "-S", "127.0.0.1:{port}", "receiver.php"),
    "node-express4": ("node", "receiver.js"),
    "node-express5": ("node", "receiver.js"),
}
NEEDS = {"curl": ("curl", "jq", "openssl")}


def runnable(programs: Mapping[str, Sequence[str]]) -> list[Any]:
    """Their names; those whose programs are missing here are skipped."""
    found = []
    for name, command in programs.items():
        missing = ", ".join(one for one in (command[0], *NEEDS.get(name, ())) if shutil.which(one) is None)
        found.append(pytest.param(name, marks=pytest.mark.skipif(bool(missing), reason=f"{missing} is missing here")))
    return found


def folder_of(name: str) -> Path:
    return EXAMPLES / name.partition("-")[0]


def modules_of(name: str, tmp_path: Path) -> dict[str, str]:
    """What lets an example in Node.js find the Express of its name."""
    if not name.startswith("node-"):
        return {}
    (tmp_path / "express").symlink_to(installed_modules() / name.removeprefix("node-"))
    return {"NODE_PATH": str(tmp_path)}


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

    async def rotate(self) -> None:
        """Have another secret sign from now on, and the one before beside it."""
        answer = await self.site.client.call("POST", "/v1/webhooks/secret/rotate", key=self.site.sandbox)
        assert answer.status == 200

    async def score(self, job_id: str) -> str:
        """The overall score of a job, as JavaScript writes numbers."""
        answer = await self.site.client.call("GET", f"/v1/jobs/{job_id}/status", key=self.site.sandbox)
        return f"{answer.body['results']['overall_score']:g}"


@pytest.fixture
async def place(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    port = free_port()
    async with partner_site(sqlite_url, tmp_path, ssrf_allow=f"127.0.0.1:{port}") as site:
        yield Place(site, port)


@pytest.mark.parametrize("name", runnable(CLIENTS))
async def test_a_client_gets_its_call_analysed(name: str, place: Place, tmp_path: Path) -> None:
    site = place.site
    environment = site.environment(tmp_path, key=site.sandbox)
    done = await finished(*CLIENTS[name], folder=folder_of(name), environment=environment)
    assert done.status == 0, done.said
    first, last = done.said.splitlines()
    assert re.fullmatch(r"Job [0-9a-f-]{36} is queued, about .+", first)
    assert re.fullmatch(r"Job [0-9a-f-]{36} is completed, overall score \d+(\.\d+)?", last)


@pytest.mark.parametrize("name", runnable(CLIENTS))
async def test_a_client_repeats_what_was_put_off_with_the_same_idempotency_key(name: str, tmp_path: Path) -> None:
    asked: list[tuple[str, str | None]] = []
    refusals = [(409, {"Retry-After": "0"}, '{"error": {"code": "conflict", "message": ""}}'), (502, {}, "<p>Bad</p>")]

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.path.rpartition("/")[2], request.headers.get("Idempotency-Key")))
        if len(asked) <= len(refusals):
            status, headers, text = refusals[len(asked) - 1]
            return web.Response(status=status, headers=headers, text=text)
        ended = {"job_id": "j", "status": "cancelled", "error": None, "estimated_time": "", "results": None}
        return web.json_response({"id": "1"} | ended)

    async with serving(answer) as url:
        variables = environment_of(tmp_path, PARTNER_BASE_URL=url, PARTNER_API_KEY="k", PARTNER_API_SECRET="s")
        done = await finished(*CLIENTS[name], folder=folder_of(name), environment=variables)
    assert [path for path, _ in asked] == ["create"] * 4 + ["analyze", "status"]
    assert (len({key for _, key in asked[:3]}), len({key for _, key in asked})) == (1, 4)
    assert (done.status != 0, "cancelled" in done.said) == (True, True), done.said


@pytest.mark.parametrize("name", runnable(CLIENTS))
async def test_a_client_says_what_was_refused_even_by_a_proxy(name: str, tmp_path: Path) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        asked.append(1)
        return web.Response(status=403, text="<p>Forbidden</p>")

    asked: list[int] = []
    async with serving(refuse) as url:
        variables = environment_of(tmp_path, PARTNER_BASE_URL=url, PARTNER_API_KEY="k", PARTNER_API_SECRET="s")
        done = await finished(*CLIENTS[name], folder=folder_of(name), environment=variables)
    assert (done.status != 0, "403" in done.said, len(asked)) == (True, True, 1), done.said


@pytest.mark.parametrize("name", runnable(RECEIVERS))
async def test_a_receiver_takes_events_as_well(name: str, place: Place, tmp_path: Path) -> None:
    command = [part.format(port=place.port) for part in RECEIVERS[name]]
    secret = place.site.webhook_secret(place.site.sandbox)
    environment = place.site.environment(tmp_path, key=place.site.sandbox) | {"PORT": str(place.port)}
    body, now = '{"event":"bot.owner_bound","bot_id":"1"}', datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "X-Partner-Signature": hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest(),
        "webhook-id": str(uuid.uuid4()),
        "webhook-timestamp": str(int(now.timestamp())),
    }
    headers["webhook-signature"] = Webhook(secret).sign(headers["webhook-id"], now, body)
    environment |= modules_of(name, tmp_path)
    async with listening(*command, folder=folder_of(name), environment=environment) as program:
        await eventually(place.is_open)
        async with place.site.client.session.post(place.webhook_url, data=body, headers=headers) as answer:
            assert answer.status == 200
        assert await program.line("accepted") == "accepted bot.owner_bound"


@pytest.mark.parametrize("name", runnable(RECEIVERS))
async def test_a_receiver_accepts_what_was_sent_and_nothing_else(name: str, place: Place, tmp_path: Path) -> None:
    command = [part.format(port=place.port) for part in RECEIVERS[name]]
    environment = place.site.environment(tmp_path, key=place.site.sandbox) | {"PORT": str(place.port)}
    environment |= modules_of(name, tmp_path)
    async with listening(*command, folder=folder_of(name), environment=environment) as program:
        await eventually(place.is_open)
        job_id = await place.hand_in()
        assert await program.line("accepted") == f"accepted {job_id} completed {await place.score(job_id)}"
        async with place.site.client.session.post(place.webhook_url, json={"job_id": job_id}) as forged:
            assert forged.status == 401
        assert await program.line("refused") == "refused"
        await place.rotate()
        job_id = await place.hand_in()
        assert await program.line("accepted") == f"accepted {job_id} completed {await place.score(job_id)}"


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
        await place.rotate()
        got.clear()
        await place.hand_in()
        await got.wait()
    assert await finished(*command, folder=tmp_path, environment=environment) == Finished(0, "valid\n")
    (tmp_path / "body").write_bytes((tmp_path / "body").read_bytes().replace(b"completed", b"cancelled"))
    assert (await finished(*command, folder=tmp_path, environment=environment)).status == 1
