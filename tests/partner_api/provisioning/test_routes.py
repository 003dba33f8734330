import asyncio
import io
from collections import Counter
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from bot.tenancy.claims import CLAIM_COMMAND
from tests.partner_api.provisioning.conftest import BASE_URL, Api, MakeApi

NOTHING_THERE = "There is nothing at this path. Paths are in lower case and have no slash at their end."
DOCUMENTED = {"success", "bot_id", "mgmt_token", "store_name", "message"}


async def test_the_documented_answer_comes_with_the_way_to_bind(api: Api) -> None:
    answer = await api.provision({"store_name": " StockRadar Assistant - User123 ", "system_prompt": "Talk of stocks."})
    assert answer.status == 201
    assert set(answer.body) == DOCUMENTED | {"binding"}
    assert answer.body["success"] is True
    assert answer.body["store_name"] == "StockRadar Assistant - User123"
    assert UUID(answer.body["bot_id"]).version == UUID(answer.body["mgmt_token"]).version == 4
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_link_has_the_claim_command_typed(api: Api) -> None:
    binding = (await api.provision()).body["binding"]
    start, _, typed = binding["line_url"].partition("/?")
    assert start == "https://line.me/R/oaMessage/%40123abcde"
    assert unquote(typed) == f"{CLAIM_COMMAND} {binding['code']}"
    assert binding["qr_url"] == f"{BASE_URL}/line/qr/{binding['code']}.svg"
    assert binding["expires_at"] == "2026-01-08T00:00:00Z"


async def test_the_store_holds_the_bot_and_no_secret_of_it(api: Api) -> None:
    answer = await api.provision({"store_name": "好好租屋", "system_prompt": "請簡短回答"})
    (bot,), (vendor,), (code,), (partner,) = [
        await api.rows(table) for table in ("bots", "vendors", "claim_codes", "partners")
    ]
    assert (UUID(str(bot.id)), bot.system_prompt) == (UUID(answer.body["bot_id"]), "請簡短回答")
    assert (vendor.name, partner.slots_used) == ("好好租屋", 1)
    kept = f"{tuple(bot)}{tuple(code)}"
    assert answer.body["mgmt_token"] not in kept
    assert answer.body["binding"]["code"] not in kept


async def test_without_a_line_id_the_links_are_null(api: Api) -> None:
    await api.run("UPDATE channels SET basic_id = NULL")
    binding = (await api.provision()).body["binding"]
    assert (binding["line_url"], binding["qr_url"]) == (None, None)


@pytest.mark.parametrize("statement", ["DELETE FROM channels", "UPDATE channels SET is_active = false"])
async def test_without_a_central_channel_nothing_is_made(api: Api, statement: str) -> None:
    await api.run(statement)
    answer = await api.provision()
    assert answer.status == 503
    assert "central LINE channel" in answer.body["error"]
    assert (await api.rows("bots"), (await api.rows("partners"))[0].slots_used) == ([], 0)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "{key}",
        "Bearer {key}x",
        "Bearer x {key}",
        "Bearer pk_sandbox_x",
        "Bearer é",
    ],
)
async def test_without_the_partners_key_it_is_401(api: Api, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.format(key=api.key)}
    answer = await api.call("POST", "/api/partner/provision", json={}, headers=headers)
    assert answer.status == 401
    assert answer.body["success"] is False
    assert "Bearer token" in answer.body["error"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "store_name is required."),
        ({"store_name": None}, "store_name should be a valid string."),
        ({"store_name": 7}, "store_name should be a valid string."),
        ({"store_name": ""}, "store_name must not be blank."),
        ({"store_name": " \u3000\u200b\u3164"}, "store_name must not be blank."),
        ({"store_name": "x" * 201}, "store_name should have at most 200 characters."),
        ({"store_name": "a\tb"}, "store_name must not hold control or text-direction characters."),
        ({"store_name": "a\u202eb"}, "store_name must not hold control or text-direction characters."),
        ({"store_name": "a\u2028b"}, "store_name must not hold control or text-direction characters."),
        ({"store_name": "x", "system_prompt": []}, "system_prompt should be a valid string."),
        ({"store_name": "x", "system_prompt": "x" * 8001}, "system_prompt should have at most 8000 characters."),
        ({"store_name": "x", "system_prompt": "\x1b[0m"}, "system_prompt must not hold control characters."),
        ([], "The request body must be a JSON object."),
        (b"", "The request body is empty; it must be JSON."),
        (b"{", "The request body is not valid JSON (line 1, column 2)."),
        (rb'{"store_name": "\ud83d"}', "The request body holds a NUL or half of a surrogate pair, which is not text."),
        (rb'{"store_name": "\u0000"}', "The request body holds a NUL or half of a surrogate pair, which is not text."),
    ],
)
async def test_a_wrong_body_is_400_and_says_what_is_wrong(api: Api, body: Any, message: str) -> None:
    answer = await api.provision(body)
    assert (answer.status, answer.body) == (400, {"success": False, "error": message})


@pytest.mark.parametrize("name", ["x" * 200, "𠮷野家", "👨‍👩‍👧 親子館", "קפה", 'O\'Brien "quoted" {{x}}', "%s%n"])
async def test_honest_names_come_back_as_they_were_given(api: Api, name: str) -> None:
    answer = await api.provision({"store_name": name, "unknown": 1})
    assert (answer.status, answer.body["store_name"]) == (201, name)


@pytest.mark.parametrize("prompt", [None, "", "  \n"])
async def test_no_prompt_means_the_generic_one(api: Api, prompt: str | None) -> None:
    assert (await api.provision({"store_name": "x", "system_prompt": prompt})).status == 201
    assert (await api.rows("bots"))[0].system_prompt is None


async def test_exhausted_slots_and_a_disabled_partner_read_differently(make_api: MakeApi) -> None:
    api = await make_api(slots=0)
    exhausted = await api.provision()
    invalid = await api.provision({"store_name": ""})
    await api.run("UPDATE partners SET is_active = false")
    disabled = await api.provision()
    assert (exhausted.status, invalid.status, disabled.status) == (403, 400, 403)
    assert "exhausted" in exhausted.body["error"]
    assert "disabled" in disabled.body["error"]


async def test_200_concurrent_calls_on_37_slots_make_37_bots(make_api: MakeApi) -> None:
    api = await make_api(slots=37)
    answers = await asyncio.gather(*(api.provision({"store_name": f"shop {n}"}) for n in range(200)))
    assert Counter(answer.status for answer in answers) == {201: 37, 403: 163}
    assert len(await api.rows("bots")) == len(await api.rows("vendors")) == len(await api.rows("claim_codes")) == 37
    assert len({row.shop_code for row in await api.rows("bots")}) == 37
    assert (await api.rows("partners"))[0].slots_used == 37


async def test_a_repeated_call_gets_the_same_bot_and_token(api: Api) -> None:
    first = await api.provision(headers={"Idempotency-Key": "order-1"})
    second = await api.provision(headers={"X-Idempotency-Key": '"order-1"'})
    assert first.body == second.body
    assert (second.status, second.headers["Idempotency-Replayed"]) == (201, "true")
    assert "Idempotency-Replayed" not in first.headers
    assert (await api.rows("partners"))[0].slots_used == 1


async def test_concurrent_repetitions_make_one_bot(api: Api) -> None:
    answers = await asyncio.gather(*(api.provision(headers={"Idempotency-Key": "order-1"}) for _ in range(30)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.body["bot_id"] for answer in answers if answer.status == 201}) == 1
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status == 409)
    assert (await api.rows("partners"))[0].slots_used == 1


async def test_a_key_is_not_used_up_by_errors(api: Api) -> None:
    headers = {"Idempotency-Key": "order-1"}
    assert (await api.provision({}, headers=headers)).status == 400
    await api.run("UPDATE partners SET slots_total = 0")
    assert (await api.provision(headers=headers)).status == 403
    await api.run("UPDATE partners SET slots_total = 1")
    assert (await api.provision(headers=headers)).status == 201
    assert (await api.provision({"store_name": "another"}, headers=headers)).status == 422
    assert (await api.provision(headers={"Idempotency-Key": ""})).status == 400


async def test_switched_off_it_is_404_everywhere(make_api: MakeApi) -> None:
    api = await make_api(partner_api_enabled=False)
    for method, path in (("POST", "/api/partner/provision"), ("GET", "/api/partner")):
        answer = await api.call(method, path)
        assert (answer.status, answer.body) == (404, {"success": False, "error": NOTHING_THERE})
    for path in ("/api/partner/v1/health", "/api/partner/v1/bots", "/api/partner/admin/keys"):
        answer = await api.call("GET", path)
        assert (answer.status, answer.body) == (404, {"error": {"code": "not_found", "message": NOTHING_THERE}})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods_are_405(api: Api, method: str) -> None:
    answer = await api.call(method, "/api/partner/provision")
    assert (answer.status, answer.headers["Allow"], answer.body["success"]) == (405, "POST", False)


async def test_no_log_line_holds_a_secret_even_with_every_detail_logged(api: Api, debug_log: io.StringIO) -> None:
    answer = await api.provision({"store_name": "x", "system_prompt": "holds TSMC"})
    await api.call("GET", f"/line/qr/{answer.body['binding']['code']}.svg")
    logged = debug_log.getvalue()
    assert "bot_provisioned" in logged
    assert "/line/qr/{code}.svg" in logged
    secrets = (api.key, answer.body["mgmt_token"], answer.body["binding"]["code"], "TSMC")
    assert [secret for secret in secrets if secret in logged] == []
