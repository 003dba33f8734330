"""Who may call: credentials by their form, and an open server only from this machine to this machine."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.tenancy.local import ensure_local_tenant
from tests.knowledge.routes.office import Office, office_over
from tests.support.settings import MakeSettings

PATH = "/api/v1/knowledge"


@pytest.fixture
async def open_office(sqlite_database: Database, settings: MakeSettings, clock: ManualClock) -> AsyncIterator[Office]:
    async with sqlite_database.unit_of_work() as session:
        await ensure_local_tenant(session, clock)
    async with office_over(sqlite_database, settings(chat_api_auth="open"), clock) as opened:
        yield opened


async def status(office: Office, **headers: str) -> int:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with office.session.get(office.url + PATH, headers=sent) as response:
        return response.status


async def test_a_key_is_taken_from_either_header(small_office: Office) -> None:
    key = small_office.keys["own"]
    assert await status(small_office, Authorization=f"Bearer {key}") == 200
    assert await status(small_office, X_API_Key=key) == 200


async def test_two_credentials_are_one_too_many(small_office: Office) -> None:
    key = small_office.keys["own"]
    assert await status(small_office, Authorization=f"Bearer {key}", X_API_Key=key) == 401


@pytest.mark.parametrize("given", ["Basic abc", "Bearer", "Bearer vk_unknown", "Bearer " + "x" * 5000, "vk_raw"])
async def test_what_is_no_credential_is_401_with_a_challenge(small_office: Office, given: str) -> None:
    headers = {"Authorization": given}
    async with small_office.session.get(small_office.url + PATH, headers=headers) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert set(await response.json()) == {"detail"}


async def test_an_unknown_management_token_is_401(small_office: Office) -> None:
    assert await status(small_office, Authorization=f"Bearer {uuid.uuid4()}") == 401


async def test_without_a_key_only_an_open_server_answers(small_office: Office, open_office: Office) -> None:
    assert await status(small_office) == 401
    assert await status(open_office) == 200


async def test_an_open_server_acts_for_the_local_tenant_alone(open_office: Office) -> None:
    await open_office.entry("何時開門", "九點")
    assert (await open_office.get("/knowledge", key=None)).ids == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "shop.example"},
        {"Host": "127.0.0.1.nip.example:8000"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"X_Forwarded_For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
    ],
)
async def test_an_open_server_is_not_open_to_other_machines_and_pages(
    open_office: Office, headers: dict[str, str]
) -> None:
    assert await status(open_office, **headers) == 401


async def test_a_wrong_key_is_refused_by_an_open_server_too(open_office: Office) -> None:
    assert await status(open_office, Authorization="Bearer vk_wrong") == 401
