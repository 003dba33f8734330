"""Every route of `/api/v1` and `/chat/v1` against every kind of credential: nobody sees or changes another's.

The rows are matched with the router, so that a new route without a row fails.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.models import Channel, ImportRow, Intent, UnansweredCluster, UnansweredQuestion
from bot.security.keys import Purpose, derive_key
from bot.tenancy.api_keys import ApiKeys, KeyRequest
from bot.tenancy.bots import BotRequest, create_bot
from knowledge.importing.jobs import begin
from knowledge.repository.imports import NewImport
from knowledge.routes import knowledge_routes
from tests.knowledge.routes.office import MISSING, Office

SECRET = "機密CANARY"
INVALID = ("none", "unknown", "expired", "revoked")
OTHERS = ("foreign", "sibling", "management")
READ = {200}
ABSENT = {404}


@dataclass(frozen=True)
class Row:
    """How a route is called on what belongs to vendor A, and what whoever may not see it is answered.

    `{a}` in `query` and `body` is A's id. `chatting` is what a key gets that may only ask.
    """

    body: Any = None
    query: str = ""
    others: set[int] = field(default_factory=lambda: ABSENT)
    chatting: set[int] = field(default_factory=lambda: {403})


MESSAGE = Row({"message": "每月繳費日期是什麼時候？", "vendor_id": "{a}"}, chatting=READ)
CONFIG = {"category": "c", "param_key": "k", "param_value": "stolen"}
ENTRY = {"question_summary": "stolen", "answer": "stolen", "vendor_id": "{a}"}
ROWS: Mapping[str, Row] = {
    "POST /chat/v1/message": MESSAGE,
    "POST /chat/v1/message/stream": MESSAGE,
    "GET /chat/v1/vendors/{vendor_id}/test": Row(),
    "POST /chat/v1/reload": Row(others=READ),
    "GET /api/v1/vendors": Row(others=READ),
    # A tenant's own key makes a vendor of its own there; one that is bound to a vendor can't.
    "POST /api/v1/vendors": Row({"code": "N", "name": "n"}, others={201, 400, 403}),
    "GET /api/v1/vendors/{vendor_id}": Row(),
    "PUT /api/v1/vendors/{vendor_id}": Row({"name": "stolen"}),
    "DELETE /api/v1/vendors/{vendor_id}": Row(),
    "GET /api/v1/vendors/{vendor_id}/configs": Row(),
    "PUT /api/v1/vendors/{vendor_id}/configs": Row({"configs": [CONFIG]}),
    "GET /api/v1/vendors/{vendor_id}/stats": Row(),
    "GET /api/v1/knowledge": Row(query="?vendor_id={a}"),
    "POST /api/v1/knowledge": Row(ENTRY),
    "GET /api/v1/knowledge/{entry_id}": Row(),
    "PATCH /api/v1/knowledge/{entry_id}": Row({"answer": "stolen"}),
    "PUT /api/v1/knowledge/{entry_id}": Row({"answer": "stolen"}),
    "DELETE /api/v1/knowledge/{entry_id}": Row(),
    "POST /api/v1/knowledge/{entry_id}/customize": Row({"answer": "stolen", "vendor_id": "{a}"}),
    "GET /api/v1/knowledge/{entry_id}/history": Row(),
    "POST /api/v1/knowledge/search": Row({"query": "CANARY", "vendor_id": "{a}"}),
    "GET /api/v1/intents": Row(query="?vendor_id={a}"),
    "POST /api/v1/intents": Row({"name": "stolen", "examples": ["stolen"], "vendor_id": "{a}"}),
    "GET /api/v1/intents/{intent_id}": Row(),
    "PATCH /api/v1/intents/{intent_id}": Row({"description": "stolen"}),
    "PUT /api/v1/intents/{intent_id}": Row({"description": "stolen"}),
    "DELETE /api/v1/intents/{intent_id}": Row(),
    "POST /api/v1/intents/{intent_id}/examples": Row({"examples": ["stolen"]}),
    "POST /api/v1/intents/{intent_id}/rotate-secret": Row(),
    "GET /api/v1/unanswered": Row(query="?vendor_id={a}"),
    "GET /api/v1/unanswered/{question_id}": Row(),
    "POST /api/v1/unanswered/{question_id}/answer": Row({"answer": "stolen"}),
    "POST /api/v1/unanswered/{question_id}/dismiss": Row(),
    "POST /api/v1/unanswered/{question_id}/reopen": Row(),
    "GET /api/v1/usage": Row(query="?vendor_id={a}"),
    "GET /api/v1/knowledge/export": Row(query="?vendor_id={a}"),
    "GET /api/v1/imports": Row(query="?vendor_id={a}"),
    "POST /api/v1/imports": Row({"url": "https://example.com/stolen", "vendor_id": "{a}"}),
    "GET /api/v1/imports/{import_id}": Row(),
    "DELETE /api/v1/imports/{import_id}": Row(),
    "GET /api/v1/imports/{import_id}/rows": Row(),
    "POST /api/v1/imports/{import_id}/apply": Row({"conflicts": "replace"}),
    "POST /api/v1/imports/{import_id}/cancel": Row(),
}
_ID = re.compile(r"\{\w+\}")
LISTS = ("vendors", "knowledge", "knowledge/export", "intents", "unanswered", "usage", "imports")


@dataclass(frozen=True)
class World:
    """Vendor A with a secret in all that it has, and a credential of each kind."""

    office: Office
    ids: Mapping[str, int | str]
    keys: Mapping[str, str]

    async def call(self, name: str, key: str, row: Row, *, missing: bool = False) -> tuple[int, str]:
        """Call a route on what is A's, or on what nobody has; status and body."""
        method, path = name.split(" ")
        resource = path.split("/")[3]
        vendor_id = MISSING if missing else self.ids["vendors"]
        path = _ID.sub(str(MISSING if missing else self.ids.get(resource, 0)), path)
        url = self.office.url + path + row.query.replace("{a}", str(vendor_id))
        headers = {"Authorization": f"Bearer {self.keys[key]}"} if self.keys[key] else {}
        sent = {} if row.body is None else {"json": _with(row.body, vendor_id)}
        async with self.office.session.request(method, url, headers=headers, **sent) as response:
            return response.status, await response.text()

    async def all_of_a(self) -> list[tuple[int, str]]:
        """All that A's own tenant reads of it."""
        reading = [name for name in ROWS if name.startswith("GET") and _ID.search(name) and "history" not in name]
        return [await self.call(name, "own", ROWS[name]) for name in reading]


def _with(body: Any, vendor_id: int | str) -> Any:
    return {name: vendor_id if value == "{a}" else value for name, value in body.items()}


@pytest.fixture
async def world(small_office: Office, clock: ManualClock) -> World:
    office, vendor_id = small_office, small_office.vendors["A"]
    path = f"/vendors/{vendor_id}"
    await office.call("PUT", path, {"name": SECRET, "address": SECRET})
    await office.call("PUT", f"{path}/configs", {"configs": [CONFIG | {"param_value": SECRET}]})
    entry = await office.entry(SECRET, SECRET, vendor_id=vendor_id)
    ids = {"vendors": vendor_id, "knowledge": entry, **await _rows(office, clock)}
    return World(office, ids, dict(office.keys) | await _more_keys(office, clock))


async def _rows(office: Office, clock: ManualClock) -> dict[str, int | str]:
    """An intent, an unanswered question and an import of A."""
    owner: dict[str, Any] = {"tenant_id": office.own.tenant_id, "vendor_id": office.vendors["A"]}
    now = clock.now()
    asked = {"audience": "renter", "first_asked_at": now, "last_asked_at": now, "asked": 1}
    intent = Intent(name=SECRET, examples=[SECRET], type="action", created_at=now, updated_at=now, **owner)
    intent.endpoint = {"url": f"https://example.com/{SECRET}", "method": "POST", "parameters": []}
    cluster = UnansweredCluster(text=SECRET, **asked, **owner)
    async with office.database.unit_of_work() as session:
        session.add_all([intent, cluster])
        await session.flush()
        session.add(UnansweredQuestion(cluster_id=cluster.id, text=SECRET, asked_at=now, **owner))
        new = NewImport(SECRET, owner["vendor_id"], data=b"")
        job = await begin(session, office.own, new, now=now)
        job.state = "preview"
        said = {"question": SECRET, "answer": SECRET}
        session.add(ImportRow(tenant_id=job.tenant_id, job_id=job.id, number=1, state="new", row=said))
    return {"intents": intent.id, "unanswered": cluster.id, "imports": str(job.id)}


async def _more_keys(office: Office, clock: ManualClock) -> dict[str, str]:
    secret_key = office.api.settings.secret_key.get_secret_value()
    verbs = ApiKeys(clock=clock, hash_key=derive_key(secret_key, Purpose.API_KEY))
    tenant_id, sibling, now = office.own.tenant_id, office.vendors["B"], clock.now()
    assert tenant_id is not None
    channel = Channel(
        tenant_id=tenant_id, name="x", secret_box=b"", token_box=b"", created_at=now, updated_at=now
    )  # fmt: skip
    request = KeyRequest(tenant_id, "k")
    async with office.database.unit_of_work() as session:
        session.add(channel)
        await session.flush()
        (_, bound), (_, short) = [
            await verbs.issue(session, replace(request, vendor_id=sibling)),
            await verbs.issue(session, replace(request, valid_for=timedelta(days=1))),
        ]
        ended, revoked = await verbs.issue(session, request)
        ended.revoked_at = now
        bot = BotRequest(tenant_id, channel.id, "b", vendor_id=sibling)
        key = derive_key(secret_key, Purpose.MANAGEMENT)
        made = await create_bot(session, bot, clock=clock, management_token_key=key)
    clock.advance(timedelta(days=1))
    given = {"sibling": bound, "expired": short, "revoked": revoked, "management": made.mgmt_token}
    return given | {"none": "", "unknown": f"vk_{uuid.uuid4().hex}"}


def test_every_route_has_its_row(small_office: Office) -> None:
    routes = {f"{route.method} {route.path}" for route in knowledge_routes(small_office.api)}
    assert routes == set(ROWS)


@pytest.mark.parametrize("key", INVALID)
async def test_without_a_valid_credential_every_route_is_401(world: World, key: str) -> None:
    answers = {name: await world.call(name, key, row) for name, row in ROWS.items()}
    assert {name: status for name, (status, _) in answers.items() if status != 401} == {}
    assert not any(SECRET in body for _, body in answers.values())


async def test_a_key_that_may_only_ask_does_nothing_else(world: World) -> None:
    before = await world.all_of_a()
    answers = {name: await world.call(name, "chat", row) for name, row in ROWS.items()}
    assert {name: status for name, (status, _) in answers.items() if status not in ROWS[name].chatting} == {}
    assert before == await world.all_of_a()


@pytest.mark.parametrize("key", OTHERS)
async def test_others_see_and_change_nothing(world: World, key: str) -> None:
    before = await world.all_of_a()
    assert {status for status, _ in before} == READ
    answers = {name: await world.call(name, key, row) for name, row in ROWS.items()}
    assert {name: status for name, (status, _) in answers.items() if status not in ROWS[name].others} == {}
    assert [name for name, (_, body) in answers.items() if SECRET in body] == []
    assert before == await world.all_of_a()


@pytest.mark.parametrize("key", OTHERS)
async def test_lists_that_are_not_narrowed_hold_nothing_of_others(world: World, key: str) -> None:
    for name in LISTS:
        status, body = await world.call(f"GET /api/v1/{name}", key, Row())
        assert (status, SECRET in body) == (200, False), name


@pytest.mark.parametrize("key", OTHERS)
async def test_what_is_anothers_is_told_like_what_is_not_there(world: World, key: str) -> None:
    for name, row in ROWS.items():
        if row.others == ABSENT:
            theirs, absent = [await world.call(name, key, row, missing=missing) for missing in (False, True)]
            told = theirs[1].replace(str(world.ids["vendors"]), "id"), absent[1].replace(str(MISSING), "id")
            assert (theirs[0], told[0]) == (absent[0], told[1]), name


async def test_the_secrets_are_where_a_leak_would_show_them(world: World) -> None:
    reading = [name for name in ROWS if name.startswith("GET") and name != "GET /api/v1/usage"]
    answers = {name: await world.call(name, "own", ROWS[name]) for name in reading}
    assert [name for name, (_, body) in answers.items() if SECRET not in body] == []


@pytest.mark.parametrize("key", ["sibling", "management"])
async def test_whoever_is_bound_to_a_vendor_works_with_it(world: World, key: str) -> None:
    theirs = replace(world, ids={"vendors": world.office.vendors["B"]})
    for name in (
        "GET /api/v1/vendors/{vendor_id}",
        "PUT /api/v1/vendors/{vendor_id}/configs",
        "GET /chat/v1/vendors/{vendor_id}/test",
    ):
        assert (await theirs.call(name, key, ROWS[name]))[0] == 200, name
    for mode in ("tenant", "customer_service"):
        asked = Row(MESSAGE.body | {"mode": mode})
        assert (await theirs.call("POST /chat/v1/message", key, asked))[0] == 200
