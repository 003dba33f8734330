import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Partner, PartnerApiKey
from partner_api.api import Api
from partner_api.caller import Environment
from partner_api.keys.service import PartnerApiKeys
from partner_api.keys.verifying import KeyHashes, caller_of
from tests.support.partners import Answered, Client, MadeKey, api_on, make_key, served
from tests.support.settings import MakeSettings

COMPANY = {"name": "Test Company", "industry": "retail", "contact_email": "admin@testcompany.com"}
AGENT = {"email": "agent@testcompany.com", "name": "John Doe", "role": "agent"}


async def create(client: Client, key: MadeKey, **changes: Any) -> str:
    answer = await client.call("POST", "/v1/companies/create", key=key, json=COMPANY | changes)
    assert answer.status == 201, answer
    return str(answer.body["id"])


async def names(client: Client, key: MadeKey, **query: Any) -> list[str]:
    answer = await client.call("GET", "/v1/companies", key=key, params=query)
    assert answer.status == 200, answer
    return [company["name"] for company in answer.body["companies"]]


def refused(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.body["error"]["code"]


async def test_a_company_comes_back_as_it_was_made(client: Client, key: MadeKey) -> None:
    made = await client.call("POST", "/v1/companies/create", key=key, json=COMPANY | {"unknown": 1})
    assert (made.status, made.body) == (201, {"id": made.body["id"], "created_at": "2026-01-01T00:00:00Z"} | COMPANY)
    assert (await client.call("GET", f"/v1/companies/{made.body['id']}", key=key)).body == made.body


async def test_the_list_has_the_documented_fields_alone(client: Client, key: MadeKey) -> None:
    company_id = await create(client, key)
    answer = await client.call("GET", "/v1/companies", key=key)
    listed = {"id": company_id, "name": "Test Company", "industry": "retail", "created_at": "2026-01-01T00:00:00Z"}
    assert answer.body == {
        "companies": [listed],
        "total": 1,
        "limit": 50,
        "offset": 0,
        "partner_access": "all_companies",
        "message": "This API key has access to all companies",
    }


async def test_lists_are_read_page_by_page_the_newest_first(client: Client, key: MadeKey, clock: ManualClock) -> None:
    for number in range(5):
        await create(client, key, name=f"c{number}")
        clock.advance(timedelta(seconds=number % 2))
    pages = [await names(client, key, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    everything = await names(client, key)
    assert [name for page in pages for name in page] == everything
    assert (everything[0], everything[-1] in ("c0", "c1")) == ("c4", True)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit should be greater than or equal to 1."),
        ("limit=201", "limit should be less than or equal to 200."),
        ("limit=x", "limit should be a valid integer, unable to parse string as an integer."),
        ("offset=-1", "offset should be greater than or equal to 0."),
        ("offset=99999999999999999999", "offset should be less than or equal to 1000000000."),
        ("search=%00", "search must not hold control or text-direction characters."),
        (f"search={'x' * 201}", "search should have at most 200 characters."),
    ],
)
async def test_a_wrong_query_is_400(client: Client, key: MadeKey, query: str, message: str) -> None:
    answer = await client.call("GET", f"/v1/companies?{query}", key=key)
    assert (answer.status, answer.body["error"]) == (400, {"code": "bad_request", "message": message})


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("retail", ["100% off", "בית קפה"]), ("RETAIL", ["100% off", "בית קפה"]), ("%", ["100% off"]),
        ("_", ["a_b\\c"]), ("\\", ["a_b\\c"]), ("租屋", ["好好租屋"]), ("קפה", ["בית קפה"]), ("école", ["ÉCOLE"]),
        ("ａ_ｂ", ["a_b\\c"]), ("  ", ["100% off", "a_b\\c", "好好租屋", "בית קפה", "ÉCOLE"]), ("' OR 1=1", []),
    ],
)  # fmt: skip
async def test_a_search_means_what_it_says(client: Client, key: MadeKey, search: str, found: list[str]) -> None:
    for name, industry in (
        ("100% off", "Retail"), ("a_b\\c", None), ("好好租屋", "房屋"), ("בית קפה", "retail"), ("ÉCOLE", ""),
    ):  # fmt: skip
        await create(client, key, name=name, industry=industry)
    assert sorted(await names(client, key, search=search)) == sorted(found)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " \u200b"}, "name must not be blank."),
        ({"name": "a\nb"}, "name must not hold control or text-direction characters."),
        ({"name": "x" * 201}, "name should have at most 200 characters."),
        ({"name": 7}, "name should be a valid string."),
        ({"industry": "x" * 101}, "industry should have at most 100 characters."),
        *(
            ({"contact_email": wrong}, "contact_email must be an e-mail address such as name@example.com.")
            for wrong in ("x", "@b.tw", "a@b", "a b@c.tw", "a@b..tw", "a@-b.tw", "a@1.2", f"{'a' * 65}@b.tw", "a@[::1]")
        ),
    ],
)
async def test_a_wrong_company_is_400(client: Client, key: MadeKey, changes: dict[str, Any], message: str) -> None:
    answer = await client.call("POST", "/v1/companies/create", key=key, json=COMPANY | changes)
    assert (answer.status, answer.body["error"]) == (400, {"code": "bad_request", "message": message})


@pytest.mark.parametrize("email", ["o'brien+x@mail.example.co.uk", "店長@例子.台灣", "a@b.tw", " A@B.TW "])
async def test_honest_addresses_are_taken(client: Client, key: MadeKey, email: str) -> None:
    answer = await client.call("POST", "/v1/companies/create", key=key, json=COMPANY | {"contact_email": email})
    assert (answer.status, answer.body["contact_email"]) == (201, email.strip().lower())


@pytest.mark.parametrize("company_id", ["create", "x", "00000000-0000-0000-0000-000000000000", "%00"])
async def test_what_is_no_company_is_404(client: Client, key: MadeKey, company_id: str) -> None:
    gone = (404, "company_not_found")
    assert refused(await client.call("GET", f"/v1/companies/{company_id}/agents", key=key)) == gone
    assert refused(await client.call("POST", f"/v1/companies/{company_id}/agents/create", key=key, json=AGENT)) == gone


async def test_others_see_nothing_of_a_company(client: Client, api: Api, key: MadeKey) -> None:
    company_id = await create(client, key)
    for other in (
        await make_key(api),
        await make_key(api, await partner_of(api, key), environment=Environment.SANDBOX),
    ):
        assert await names(client, other) == []
        for path in (f"/v1/companies/{company_id}", f"/v1/companies/{company_id}/agents"):
            assert refused(await client.call("GET", path, key=other)) == (404, "company_not_found")
        made = await client.call("POST", f"/v1/companies/{company_id}/agents/create", key=other, json=AGENT)
        assert refused(made) == (404, "company_not_found")


async def partner_of(api: Api, key: MadeKey) -> Partner:
    async with api.database.reading() as session:
        found = await session.get(Partner, key.caller.partner_id)
    assert found is not None
    return found


async def test_a_bound_key_sees_its_company_and_makes_none(client: Client, api: Api, key: MadeKey) -> None:
    mine, other = await create(client, key, name="mine"), await create(client, key, name="other")
    bound = await make_key(api, await partner_of(api, key), company_id=UUID(mine))
    listed = (await client.call("GET", "/v1/companies", key=bound)).body
    assert ([one["name"] for one in listed["companies"]], listed["total"]) == (["mine"], 1)
    assert listed["partner_access"] == "single_company"
    assert refused(await client.call("GET", f"/v1/companies/{other}", key=bound)) == (404, "company_not_found")
    made = await client.call("POST", "/v1/companies/create", key=bound, json=COMPANY)
    assert refused(made) == (403, "company_bound")
    assert (await client.call("POST", f"/v1/companies/{mine}/agents/create", key=bound, json=AGENT)).status == 201


async def test_agents_are_made_and_listed(client: Client, key: MadeKey) -> None:
    company_id = await create(client, key)
    made = await client.call("POST", f"/v1/companies/{company_id}/agents/create", key=key, json=AGENT)
    shown = {"id": made.body["id"], "company_id": company_id, "created_at": "2026-01-01T00:00:00Z"} | AGENT
    assert (made.status, made.body) == (201, shown)
    listed = await client.call("GET", f"/v1/companies/{company_id}/agents", key=key)
    assert listed.body == {"agents": [shown], "total": 1, "limit": 50, "offset": 0}


async def test_of_many_agents_at_once_with_one_address_one_is_made(
    database: Database, clock: ManualClock, settings: MakeSettings
) -> None:
    api = api_on(database, settings(), clock)
    async with served(api) as client:
        key = await make_key(api)
        path = f"/v1/companies/{await create(client, key)}/agents/create"
        spellings = [AGENT | {"email": email} for email in ("a@b.tw", "A@b.tw", " a@B.TW ") * 4]
        answers = await asyncio.gather(*(client.call("POST", path, key=key, json=body) for body in spellings))
        assert Counter(answer.status for answer in answers) == {201: 1, 409: 11}
        assert {refused(answer)[1] for answer in answers if answer.status == 409} == {"agent_exists"}
        elsewhere = f"/v1/companies/{await create(client, key)}/agents/create"
        assert (await client.call("POST", elsewhere, key=key, json=spellings[0])).status == 201


async def test_a_repeated_creation_is_one(client: Client, api: Api, key: MadeKey) -> None:
    headers, path = {"X-Idempotency-Key": "once"}, "/v1/companies/create"
    answers = [await client.call("POST", path, key=key, json=COMPANY, headers=headers) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert (answers[1].status, answers[1].headers["Idempotency-Replayed"]) == (201, "true")
    assert refused(await client.call("POST", path, key=key, json={"name": "x"}, headers=headers))[0] == 422
    other = await client.call("POST", path, key=await make_key(api), json=COMPANY, headers=headers)
    assert (other.status, other.body["id"] != answers[0].body["id"]) == (201, True)


async def test_a_rolled_key_repeats_what_the_key_before_asked_for(client: Client, api: Api, key: MadeKey) -> None:
    keys, day = PartnerApiKeys(KeyHashes(api.secret_key), clock=api.clock), timedelta(days=1)
    async with api.database.unit_of_work() as session:
        row = await session.get_one(PartnerApiKey, key.caller.key_id)
        issued = await keys.roll(session, row, overlap=day, valid_for=day, created_by="test")
    answers = [
        await client.call("POST", "/v1/companies/create", key=one, json=COMPANY, headers={"Idempotency-Key": "once"})
        for one in (key, MadeKey(issued, caller_of(issued.row)))
    ]
    assert answers[0].body == answers[1].body
    assert answers[1].headers["Idempotency-Replayed"] == "true"


async def test_one_idempotency_key_for_agents_of_two_companies_makes_two(client: Client, key: MadeKey) -> None:
    made = set()
    for _ in range(2):
        path = f"/v1/companies/{await create(client, key)}/agents/create"
        answer = await client.call("POST", path, key=key, json=AGENT, headers={"Idempotency-Key": "once"})
        made.add(answer.body["id"])
    assert len(made) == 2
