"""Every route of the Partner API against every kind of credential: nobody sees or changes another's.

The rows are matched with the router, so that a new route without a row fails. A row says how its route is called
on what is partner A's (`{job_id}` and the like stand for A's ids, in bodies too), and what each kind of
credential that may call it, but must not reach A's, is answered. A new kind of thing is planted, with the secret
in it, in `tests/partner_api/world.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.clock import ManualClock
from partner_api import parts
from partner_api.api import Api
from tests.partner_api.world import MISSING, SECRET, World, world_on
from tests.support.partners import Client

V1, ADMIN, PROVISION = "/api/partner/v1", "/api/partner/admin", "/api/partner/provision"
BOTS = f"{V1}/bots"
READ, ABSENT, BOUND, REFUSED = {200}, {404}, {403}, {400}
# Credentials that open no route at all.
INVALID = (
    "none", "without_secret", "wrong_secret", "unknown", "expired", "revoked", "inactive", "jwt", "unknown_token",
    "ended_operator",
)  # fmt: skip
# Credentials that open one surface, and the beginning of its paths.
VALID = {
    "provisioning": PROVISION,
    "imported": PROVISION,
    "operator": ADMIN,
    "own_token": BOTS,
    "others_token": BOTS,
    "siblings_token": BOTS,
    "foreign": V1,
    "sandbox": V1,
    "bound": V1,
    "elsewhere": V1,
    "own": V1,
}
OTHERS = ("foreign", "sandbox", "bound", "others_token", "siblings_token")


@dataclass(frozen=True)
class Row:
    """How a route is called, and what those are answered who must not reach A's.

    `foreign` is another partner's key, `sandbox` A's own of the other environment, `bound` A's own that is bound to
    another company, `token` another bot's.
    """

    body: Any = None
    query: str = ""
    foreign: set[int] = field(default_factory=lambda: ABSENT)
    sandbox: set[int] | None = None
    bound: set[int] = field(default_factory=lambda: ABSENT)
    token: set[int] = field(default_factory=lambda: ABSENT)

    def statuses(self, credential: str) -> set[int]:
        if credential.endswith("_token"):
            return self.token
        by_key = {"foreign": self.foreign, "bound": self.bound}
        return by_key.get(credential, self.foreign if self.sandbox is None else self.sandbox)


def own(*statuses: int, bound: set[int] = READ, **more: Any) -> Row:
    """A route about the caller's own, whoever it is."""
    return Row(foreign=set(statuses or READ), bound=bound, **more)


def partners(**more: Any) -> Row:
    """A route about what is the partner's as a whole, which no key that is bound to a company reaches."""
    return Row(bound=BOUND, **more)


def of_bot(body: Any = None, **more: Any) -> Row:
    """A route about a bot, of which there are none in the sandbox."""
    return Row(body, sandbox=BOUND, bound=BOUND, **more)


URL = {"url": "http://127.0.0.1:9/x"}
CALL = {"company_id": "{company_id}", "agent_id": "{agent_id}", "transcript": "Agent: Hello."}
ENTRY = {"question_summary": "stolen", "answer": "stolen"}
CONFIGS = {"configs": [{"category": "c", "param_key": "k", "param_value": "stolen"}]}
NOT_CALLED = Row()
ROWS: Mapping[str, Row] = {
    f"GET {V1}/health": own(),
    f"POST {V1}/companies/create": own(201, body={"name": "new"}, bound=BOUND),
    f"GET {V1}/companies": own(),
    f"GET {V1}/companies/{{company_id}}": Row(),
    f"POST {V1}/companies/{{company_id}}/agents/create": Row({"email": "stolen@example.com", "name": "stolen"}),
    f"GET {V1}/companies/{{company_id}}/agents": Row(),
    f"POST {V1}/calls/analyze": Row(CALL),
    f"GET {V1}/jobs": own(),
    f"GET {V1}/jobs/{{job_id}}/status": Row(),
    f"POST {V1}/jobs/{{job_id}}/cancel": Row(),
    f"DELETE {V1}/jobs/{{job_id}}/results": Row(),
    f"GET {V1}/jobs/{{job_id}}/deliveries": Row(),
    f"POST {V1}/jobs/{{job_id}}/redeliver": Row(),
    f"GET {V1}/webhooks/deliveries": own(),
    f"GET {V1}/webhooks/deliveries/{{delivery_id}}": Row(),
    f"POST {V1}/webhooks/deliveries/{{delivery_id}}/redeliver": Row(),
    f"GET {V1}/webhooks/endpoints": own(bound=BOUND),
    f"POST {V1}/webhooks/endpoints/{{endpoint_id}}/pause": partners(),
    f"POST {V1}/webhooks/endpoints/{{endpoint_id}}/resume": partners(),
    f"POST {V1}/webhooks/secret/rotate": own(body={}, bound=BOUND),
    f"POST {V1}/webhooks/test": own(*REFUSED, body=URL, bound=REFUSED),
    f"GET {V1}/webhooks/events": own(bound=BOUND),
    f"PUT {V1}/webhooks/events": own(*REFUSED, body=URL, bound=BOUND),
    f"DELETE {V1}/webhooks/events": own(204, bound=BOUND),
    f"GET {V1}/usage": own(query="?key=all", bound=BOUND),
    f"GET {V1}/slots": own(sandbox=BOUND, bound=BOUND),
    f"GET {BOTS}": own(sandbox=BOUND, bound=BOUND, token=BOUND),
    f"GET {BOTS}/{{bot_id}}": of_bot(),
    f"PATCH {BOTS}/{{bot_id}}": of_bot({"store_name": "stolen"}),
    f"DELETE {BOTS}/{{bot_id}}": of_bot(),
    f"POST {BOTS}/{{bot_id}}/pause": of_bot(),
    f"POST {BOTS}/{{bot_id}}/resume": of_bot(),
    f"POST {BOTS}/{{bot_id}}/binding-code": of_bot(),
    f"POST {BOTS}/{{bot_id}}/release-owner": of_bot(),
    f"POST {BOTS}/{{bot_id}}/mgmt-token/roll": of_bot(),
    f"GET {BOTS}/{{bot_id}}/statistics": of_bot(),
    f"GET {BOTS}/{{bot_id}}/parameters": of_bot(),
    f"PUT {BOTS}/{{bot_id}}/parameters": of_bot(CONFIGS),
    f"GET {BOTS}/{{bot_id}}/knowledge": of_bot(),
    f"POST {BOTS}/{{bot_id}}/knowledge": of_bot(ENTRY),
    f"GET {BOTS}/{{bot_id}}/knowledge/{{entry_id}}": of_bot(),
    f"PATCH {BOTS}/{{bot_id}}/knowledge/{{entry_id}}": of_bot({"answer": "stolen"}),
    f"DELETE {BOTS}/{{bot_id}}/knowledge/{{entry_id}}": of_bot(),
    # What no other credential opens at all needs no more than its line.
    f"POST {PROVISION}": Row({"store_name": "stolen"}),
    f"POST {ADMIN}/partners": Row({"name": "stolen"}),
    f"GET {ADMIN}/partners": NOT_CALLED,
    f"PATCH {ADMIN}/partners/{{partner_id}}": Row({"name": "stolen"}),
    f"POST {ADMIN}/keys": Row({"partner_id": "{partner_id}", "environment": "production"}),
    f"GET {ADMIN}/keys": NOT_CALLED,
    f"GET {ADMIN}/keys/{{key_id}}": NOT_CALLED,
    f"PATCH {ADMIN}/keys/{{key_id}}": Row({"name": "stolen"}),
    f"POST {ADMIN}/keys/{{key_id}}/roll": NOT_CALLED,
    f"POST {ADMIN}/keys/{{key_id}}/revoke": NOT_CALLED,
    f"GET {ADMIN}/keys/{{key_id}}/usage": NOT_CALLED,
}
# What is about the caller itself, or holds figures alone, and so no secret of A's.
FIGURES = {f"GET {path}" for path in (f"{V1}/usage", f"{V1}/slots", f"{V1}/health", f"{ADMIN}/partners")}
FIGURES |= {f"GET {BOTS}/{{bot_id}}/statistics", f"GET {ADMIN}/keys/{{key_id}}/usage"}
LAST_USED = re.compile(r'"last_used_at":[^,]*,')


def opened_by(credential: str) -> list[str]:
    """The routes that a credential may call."""
    beginning = VALID.get(credential)
    return [name for name in ROWS if beginning and name.split(" ")[1].startswith(beginning)]


@pytest.fixture
async def world(api: Api, client: Client, clock: ManualClock) -> World:
    return await world_on(api, client, clock)


async def answers_to(world: World, credential: str, names: list[str]) -> dict[str, tuple[int, str]]:
    rows = {name: ROWS[name] for name in names}
    return {name: await world.call(name, credential, body=row.body, query=row.query) for name, row in rows.items()}


def leaks(answers: Mapping[str, tuple[int, str]]) -> list[str]:
    return [name for name, (_, body) in answers.items() if "CANARY" in body.upper()]


async def all_of_a(world: World) -> dict[str, str]:
    """All that A's own key and the operator read of it, but for when keys were last used."""
    reading = [name for name in ROWS if name.startswith("GET") and name not in FIGURES]
    found = {name: await world.call(name, "operator" if ADMIN in name else "own") for name in reading}
    assert {status for status, _ in found.values()} == READ
    return {name: LAST_USED.sub("", body) for name, (_, body) in found.items()}


def test_every_route_has_its_row(api: Api) -> None:
    assert {f"{route.method} {route.path}" for route in parts.routes(api)} == set(ROWS)


async def test_a_credential_opens_nothing_that_it_is_not_for(world: World) -> None:
    wrong: dict[tuple[str, str], int] = {}
    for credential in (*INVALID, *VALID):
        names = [name for name in ROWS if name not in opened_by(credential)]
        answers = await answers_to(world, credential, names)
        wrong |= {(credential, name): status for name, (status, _) in answers.items() if status != 401}
        assert leaks(answers) == [], credential
    assert wrong == {}


async def test_a_key_that_is_used_from_elsewhere_opens_nothing(world: World) -> None:
    answers = await answers_to(world, "elsewhere", opened_by("elsewhere"))
    assert {name: status for name, (status, _) in answers.items() if status != 403} == {}
    assert leaks(answers) == []


@pytest.mark.parametrize("credential", OTHERS)
async def test_others_see_and_change_nothing(world: World, credential: str) -> None:
    before = await all_of_a(world)
    answers = await answers_to(world, credential, opened_by(credential))
    wrong = {name: status for name, (status, _) in answers.items() if status not in ROWS[name].statuses(credential)}
    assert wrong == {}
    assert leaks(answers) == []
    assert before == await all_of_a(world)


@pytest.mark.parametrize("credential", OTHERS)
async def test_what_is_anothers_is_told_like_what_is_not_there(world: World, credential: str) -> None:
    for name in opened_by(credential):
        row = ROWS[name]
        if row.statuses(credential) == ABSENT:
            asked = {"body": row.body, "query": row.query}
            theirs, absent = [await world.call(name, credential, ids=ids, **asked) for ids in (world.ids, MISSING)]
            assert theirs == absent, name


async def test_the_secrets_are_where_a_leak_would_show_them(world: World) -> None:
    found = await all_of_a(world)
    assert [name for name, body in found.items() if "CANARY" not in body] == []


async def test_a_bots_own_token_reads_that_bot(world: World) -> None:
    reading = [name for name in opened_by("own_token") if name.startswith("GET") and "{bot_id}" in name]
    answers = await answers_to(world, "own_token", reading)
    assert {name: status for name, (status, _) in answers.items() if status != 200} == {}
    assert SECRET in answers[f"GET {BOTS}/{{bot_id}}"][1]
