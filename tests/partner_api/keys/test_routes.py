"""The operator's API: partners and their keys over HTTP."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from partner_api.keys.operators import OperatorKeys
from partner_api.keys.repository import list_operators
from tests.partner_api.keys.conftest import Desk
from tests.support.partners import Answered, make_bot, make_key, make_partner


class Operator:
    """The operator's own tool, with a key."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk = desk
        self.key = key

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        sent = {} if body is None else {"json": body}
        shown = {"Authorization": f"Bearer {self.key}"} | {name.replace("_", "-"): headers[name] for name in headers}
        return await self.desk.client.call(method, f"/admin{path}", headers=shown, **sent)

    async def make_key(self, **body: Any) -> dict[str, Any]:
        partner = await self("POST", "/partners", {"name": "CompanyX", "slots": 2})
        made = await self("POST", "/keys", {"partner_id": partner.body["id"], "environment": "sandbox"} | body)
        assert made.status == 201, made.body
        return dict(made.body)


@pytest.fixture
async def operator(desk: Desk) -> Operator:
    keys = OperatorKeys(desk.api.secret_key, clock=desk.api.clock)
    async with desk.api.database.unit_of_work() as session:
        _, key = await keys.issue(session, "ops")
    return Operator(desk, key)


def shown_with(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['api_key']}", "X-API-Secret": made["api_secret"]}


async def test_a_partner_and_its_key_are_made_and_work(operator: Operator) -> None:
    made = await operator.make_key(name="tests", rate_limit=10, expires_days=30)
    assert (made["environment"], made["status"], made["rate_limit"]) == ("sandbox", "active", 10)
    assert (made["created_by"], made["expires_at"]) == ("operator:ops", "2026-01-31T00:00:00Z")
    assert made["key"] == f"pk_sandbox_...{made['api_key'][-4:]}"
    assert made["webhook_secret"].startswith("whsec_")
    answer = await operator.desk.probe(headers=shown_with(made))
    assert (answer.status, answer.body["key_id"]) == (200, made["id"])


async def test_secrets_are_shown_this_once(operator: Operator) -> None:
    made = await operator.make_key()
    told = [await operator("GET", path) for path in ("/keys", f"/keys/{made['id']}", "/partners")]
    for secret in (made["api_key"], made["api_secret"], made["webhook_secret"]):
        assert secret not in str([answer.body for answer in told])
    assert told[0].body["keys"] == [told[1].body]
    assert (told[0].body["total"], told[2].body["partners"][0]["name"]) == (1, "CompanyX")


async def test_the_same_request_again_gets_the_same_key(operator: Operator) -> None:
    partner = await operator("POST", "/partners", {"name": "CompanyX"}, Idempotency_Key="a")
    again = await operator("POST", "/partners", {"name": "CompanyX"}, Idempotency_Key="a")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (partner.body, "true")
    body = {"partner_id": partner.body["id"], "environment": "production"}
    answers = [await operator("POST", "/keys", body, Idempotency_Key="a") for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert (await operator("POST", "/keys", body | {"name": "x"}, Idempotency_Key="a")).status == 422


async def test_a_rolled_key_works_beside_the_old_one_for_a_while(operator: Operator, clock: ManualClock) -> None:
    old = await operator.make_key()
    rolled = await operator("POST", f"/keys/{old['id']}/roll", {"overlap_hours": 2})
    assert (rolled.status, rolled.body["replaces_id"]) == (201, old["id"])
    assert rolled.body["webhook_secret"] == old["webhook_secret"]
    both = [(await operator.desk.probe(headers=shown_with(made))).status for made in (old, rolled.body)]
    clock.advance(timedelta(hours=2))
    after = [(await operator.desk.probe(headers=shown_with(made))).status for made in (old, rolled.body)]
    assert (both, after) == ([200, 200], [401, 200])


async def test_a_key_may_be_rolled_without_a_body(operator: Operator) -> None:
    old = await operator.make_key()
    assert (await operator("POST", f"/keys/{old['id']}/roll")).status == 201
    assert (await operator("GET", f"/keys/{old['id']}")).body["expires_at"] == "2026-01-02T00:00:00Z"


@pytest.mark.parametrize("hours", [True, "24", -1, 721])
async def test_an_overlap_is_a_number_of_hours(operator: Operator, hours: object) -> None:
    old = await operator.make_key()
    assert (await operator("POST", f"/keys/{old['id']}/roll", {"overlap_hours": hours})).status == 400


async def test_a_revoked_key_opens_nothing_any_more(operator: Operator) -> None:
    made = await operator.make_key()
    revoked = await operator("POST", f"/keys/{made['id']}/revoke")
    assert (revoked.status, revoked.body["status"]) == (200, "revoked")
    assert (await operator.desk.probe(headers=shown_with(made))).body["error"]["code"] == "key_revoked"
    assert (await operator("PATCH", f"/keys/{made['id']}", {"is_active": True})).status == 409
    assert (await operator("POST", f"/keys/{made['id']}/roll")).body["error"]["code"] == "key_ended"


async def test_a_key_is_changed(operator: Operator) -> None:
    made = await operator.make_key()
    changed = await operator("PATCH", f"/keys/{made['id']}", {"rate_limit": 5, "allowed_ips": ["::ffff:1.2.3.4"]})
    assert (changed.body["rate_limit"], changed.body["allowed_ips"]) == (5, ["1.2.3.4"])
    assert (await operator.desk.probe(headers=shown_with(made))).status == 403
    off = await operator("PATCH", f"/keys/{made['id']}", {"is_active": False})
    assert (off.body["status"], off.body["rate_limit"]) == ("inactive", 5)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"environment": "test"}, "environment"),
        ({"partner_id": "x"}, "partner_id"),
        ({"rate_limit": 0}, "rate_limit"),
        ({"rate_limit": "5"}, "rate_limit"),
        ({"expires_days": 0}, "expires_days"),
        ({"expires_days": 10**30}, "expires_days"),
        ({"allowed_ips": "1.2.3.4"}, "allowed_ips"),
        ({"allowed_ips": ["1.2.3.4/40"]}, "1.2.3.4/40"),
        ({"name": " "}, "name"),
        ({"company_id": str(uuid.uuid4())}, "no company"),
        ({"all_companies": "yes"}, "all_companies"),
    ],
)
async def test_nonsense_is_a_400_that_says_why(operator: Operator, body: dict[str, Any], reason: str) -> None:
    partner = await operator("POST", "/partners", {"name": "CompanyX"})
    answer = await operator("POST", "/keys", {"partner_id": partner.body["id"], "environment": "sandbox"} | body)
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_request")
    assert reason in answer.body["error"]["message"]


async def test_what_is_not_there_is_404(operator: Operator) -> None:
    missing = str(uuid.uuid4())
    for method, path in [("GET", ""), ("PATCH", ""), ("POST", "/roll"), ("POST", "/revoke")]:
        for key_id in (missing, "nonsense"):
            answer = await operator(method, f"/keys/{key_id}{path}", {} if method == "PATCH" else None)
            assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), path
    answer = await operator("POST", "/keys", {"partner_id": missing, "environment": "sandbox"})
    assert answer.status == 404


async def test_a_partner_is_changed_and_disabled(operator: Operator) -> None:
    made = await operator.make_key()
    path = f"/partners/{made['partner_id']}"
    changed = await operator("PATCH", path, {"slots": 7, "name": "Y"})
    assert (changed.body["slots_total"], changed.body["name"], changed.body["is_active"]) == (7, "Y", True)
    assert (await operator("PATCH", path, {"is_active": False})).body["slots_total"] == 7
    assert (await operator.desk.probe(headers=shown_with(made))).body["error"]["code"] == "partner_disabled"
    assert (await operator("PATCH", f"/partners/{uuid.uuid4()}", {"slots": 1})).status == 404


async def test_slots_in_use_cannot_be_taken_away(operator: Operator) -> None:
    partner = await make_partner(operator.desk.api, slots=2)
    await make_bot(operator.desk.api, partner)
    answer = await operator("PATCH", f"/partners/{partner.id}", {"slots": 0})
    assert (answer.status, answer.body["error"]["code"]) == (409, "slots_in_use")
    assert (await operator("PATCH", f"/partners/{partner.id}", {"slots": 1})).body["slots_used"] == 1


async def test_lists_are_searched_and_paged(operator: Operator) -> None:
    for name in ("a%c", "abc", "xyz"):
        await operator("POST", "/partners", {"name": name})
    found = await operator("GET", "/partners?search=A%25c&limit=1")
    assert ([one["name"] for one in found.body["partners"]], found.body["total"]) == (["a%c"], 1)
    assert (await operator("GET", "/keys?environment=sandbox&limit=5&offset=1")).body == {
        "keys": [], "total": 0, "limit": 5, "offset": 1
    }  # fmt: skip
    assert (await operator("GET", "/keys?limit=0")).status == 400


async def test_only_an_operators_key_opens_it(operator: Operator, desk: Desk, clock: ManualClock) -> None:
    key = await make_key(desk.api)
    keys = OperatorKeys(desk.api.secret_key, clock=clock)
    async with desk.api.database.unit_of_work() as session:
        _, short = await keys.issue(session, "short", valid_for=timedelta(days=1))
        row, gone = await keys.issue(session, "gone")
        await keys.revoke(session, row.id)
    clock.advance(timedelta(days=1))
    codes = []
    for shown in ("", f"Bearer {key.issued.api_key}", "Bearer op_x", f"Bearer {short}", f"Bearer {gone}"):
        answer = await desk.client.call("GET", "/admin/keys", headers={"Authorization": shown, "X-API-Secret": "sk_x"})
        assert answer.status == 401
        codes.append(answer.body["error"]["code"])
    assert codes == ["missing_operator_key"] + ["invalid_operator_key"] * 4
    assert (await desk.probe(key, headers={"Authorization": f"Bearer {operator.key}"})).status == 401


async def test_the_use_of_an_operators_key_is_kept(operator: Operator, desk: Desk, clock: ManualClock) -> None:
    await operator("GET", "/keys")
    await desk.api.request_log.stop()
    async with desk.api.database.reading() as session:
        (row,) = await list_operators(session)
    assert row.last_used_at == clock.now()
