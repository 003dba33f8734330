"""Both documents of the Partner API against a running server: each request as written, each answer field by field.

The requests are read out of the documents themselves, which lie beside the project where it is developed.
"""

from __future__ import annotations

import base64
import io
import json
import math
import re
import wave
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.app import Roles
from tests.support.code import ROOT
from tests.support.partner_site import PartnerSite, partner_site
from tests.support.partners import Answered, MadeKey
from tests.support.waiting import eventually
from tests.support.web import serving

CONTRACTS = ROOT.parent / "shared" / "contract"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PLACEHOLDER = re.compile(rf"{UUID.pattern}|[a-z]+-uuid")
PREFIX = "/api/partner"


@dataclass(frozen=True)
class Documented:
    """A section of a document: the call that its heading names, and the JSON that it shows."""

    method: str
    path: str
    header: dict[str, str]
    shown: list[Any]


def sections(name: str) -> dict[str, Documented]:
    """The documented calls by their path's end, and the callback as `callback`."""
    [page] = CONTRACTS.glob(f"{name}-*.md") or [None]
    if page is None:
        pytest.skip(f"{CONTRACTS} is not here: the documents are read where the project is developed")
    found = {}
    heading = r"^## " if name == "000" else r"^### "
    for part in re.split(heading, page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", part, re.DOTALL)]
        call = re.search(r"`(GET|POST) (?:https://<host>)?(/api/partner/\S+)`", part)
        header = dict(re.findall(r"header `([\w-]+): ([^`]+)`", part.partition("\n")[0]))
        if call is not None:
            path = call[2].removeprefix(PREFIX)
            found[re.sub(r"\{\w+\}/|/v1", "", path).partition("?")[0]] = Documented(call[1], path, header, shown)
        elif part.startswith("Webhook callback"):
            found["callback"] = Documented("POST", "", {}, shown)
    return found


def differences(documented: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Where `actual` has other names, types or forms than the document; ids and times are only examples."""
    if isinstance(documented, float) and isinstance(actual, int | float) and not isinstance(actual, bool):
        return
    if type(documented) is not type(actual):
        yield f"{path}: {actual!r} is of another type than {documented!r}"
    elif isinstance(documented, dict):
        yield from (f"{path}.{name} is only on one side" for name in documented.keys() ^ actual.keys() if documented)
        for name in documented.keys() & actual.keys():
            yield from differences(documented[name], actual[name], f"{path}.{name}")
    elif isinstance(documented, list):
        if not actual:
            yield f"{path}: nothing is listed"
        for item in actual:
            yield from differences(documented[0], item, path)
    elif isinstance(documented, str):
        form = next((form for form in (TIME, PLACEHOLDER) if form.fullmatch(documented)), None)
        if form is not None and not (TIME if form is TIME else UUID).fullmatch(actual):
            yield f"{path}: {actual!r} is not written as {documented!r}"


def without(answer: Answered, *more: str) -> Any:
    """An answer without the fields that it has beyond the documented ones."""
    assert set(more) <= set(answer.body), answer.body
    return {name: value for name, value in answer.body.items() if name not in more}


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[PartnerSite]:
    # Nobody works the jobs: what stands in the documents would be fetched from, and sent to, a partner.
    async with partner_site(sqlite_url, tmp_path, roles=Roles(jobs=False)) as made:
        yield made


async def test_provisioning_is_answered_as_documented(site: PartnerSite) -> None:
    document = sections("000")["/provision"]
    asked, shown = document.shown
    headers = {"Authorization": f"Bearer {site.provisioning_key}", "Content-Type": "application/json"}
    answer = await site.client.call(document.method, document.path, headers=headers, data=json.dumps(asked))
    assert (answer.status, list(differences(shown, without(answer, "binding")))) == (201, [])
    assert (answer.body["success"], answer.body["store_name"]) == (True, asked["store_name"])
    assert answer.body["message"] == shown["message"]
    for status, sent, body in ((401, {}, asked), (400, headers, {"system_prompt": "x"})):
        refused = await site.client.call(document.method, document.path, headers=sent, json=body)
        assert (refused.status, refused.body["success"]) == (status, False)


async def test_companies_and_agents_are_answered_as_documented(site: PartnerSite) -> None:
    documents, key = sections("001"), site.production
    [company], [listed], [agent] = (
        documents[path].shown for path in ("/companies/create", "/companies", "/companies/agents/create")
    )
    made = await site.client.call("POST", documents["/companies/create"].path, key=key, json=company)
    assert (made.status, {name: made.body[name] for name in company}) == (201, company)
    found = await site.client.call("GET", documents["/companies"].path, key=key)
    assert (found.status, list(differences(listed, found.body))) == (200, [])
    same = ("limit", "offset", "partner_access", "message")
    assert {name: found.body[name] for name in same} == {name: listed[name] for name in same}
    assert {name: found.body["companies"][0][name] for name in ("name", "industry")} == {
        name: listed["companies"][0][name] for name in ("name", "industry")
    }
    path = documents["/companies/agents/create"].path.format(company_id=made.body["id"])
    hired = await site.client.call("POST", path, key=key, json=agent)
    assert (hired.status, {name: hired.body[name] for name in agent}) == (201, agent)


def hum() -> str:
    """A second of a low tone as base64: a recording that can really be listened to."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(
            b"".join(int(8000 * math.sin(at / 6)).to_bytes(2, "little", signed=True) for at in range(8000))
        )
    return base64.b64encode(out.getvalue()).decode()


async def analyze(site: PartnerSite, key: MadeKey, **changes: Any) -> Answered:
    """The documented call, with what stands in it for real values put in."""
    document = sections("001")["/calls/analyze"]
    company_id, agent_id = await site.staffed_company(key)
    body = document.shown[0] | {"company_id": company_id, "agent_id": agent_id} | changes
    return await site.client.call(document.method, document.path, key=key, json=body, headers=document.header)


@pytest.mark.parametrize("audio", [hum(), "https://partner.com/call.wav"], ids=["base64", "URL"])
async def test_both_forms_of_a_recording_are_accepted_as_documented(site: PartnerSite, audio: str) -> None:
    documents, key = sections("001"), site.production
    shown = documents["/calls/analyze"].shown[1]
    answer = await analyze(site, key, audio_file=audio)
    assert (answer.status, list(differences(shown, answer.body))) == (202, [])
    assert answer.body | {"job_id": shown["job_id"]} == shown
    path = documents["/jobs/status"].path.format(job_id=answer.body["job_id"])
    polled = await site.client.call("GET", path, key=key)
    assert (polled.status, polled.body["job_id"]) == (200, answer.body["job_id"])


async def test_the_documented_callback_is_sent_with_its_headers(sqlite_url: str, tmp_path: Path) -> None:
    shown = sections("001")["callback"].shown[0]
    received: list[tuple[Any, Any]] = []

    async def receive(request: web.Request) -> web.Response:
        received.append((await request.json(), request.headers.copy()))
        return web.Response()

    async with (
        serving(receive) as url,
        partner_site(sqlite_url, tmp_path, ssrf_allow=url.removeprefix("http://")) as site,
    ):
        answer = await analyze(site, site.sandbox, audio_file=hum(), webhook_url=f"{url}/webhook/callback")

        async def arrived() -> bool:
            return bool(received)

        await eventually(arrived)
    [(body, headers)] = received
    results = {name: body["results"][name] for name in shown["results"]}
    assert list(differences(shown, body | {"results": results})) == []
    assert (body["job_type"], body["status"], body["job_id"]) == ("call_analysis", "completed", answer.body["job_id"])
    assert re.fullmatch(r"[0-9a-f]{64}", headers["X-Partner-Signature"])
    assert (headers["X-Webhook-Attempt"], headers["X-Webhook-ID"]) == ("1", answer.body["job_id"])


async def test_the_health_check_is_where_the_document_says(site: PartnerSite) -> None:
    document = sections("001")["/health"]
    answer = await site.client.call(document.method, document.path, key=site.sandbox)
    assert (answer.status, answer.body["environment"]) == (200, "sandbox")


def test_the_comparison_sees_a_difference() -> None:
    documented = {"id": "job-uuid", "at": "2024-12-15T10:00:00Z", "list": [{"n": 1}], "score": 8.5}
    right = documented | {"id": "550e8400-e29b-41d4-a716-446655440000", "score": 8}
    assert list(differences(documented, right)) == []
    changes: list[dict[str, Any]] = [
        {"id": 7}, {"id": "x"}, {"at": "2024-12-15"}, {"list": []}, {"list": [{}]}, {"score": "8"}, {"new": 1},
    ]  # fmt: skip
    for wrong in changes:
        assert len(list(differences(documented, right | wrong))) == 1
