"""Which doors a bot's management token opens beside bot management, and until when."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.models import Partner
from tests.partner_api.bots.conftest import Street

DOORS = [("GET", "/api/v1/knowledge"), ("GET", "/api/v1/vendors"), ("POST", "/chat/v1/message")]


async def asked(street: Street, method: str, path: str) -> int:
    """The status of the chat API's answer to the token."""
    body = {"message": "你好", "vendor_id": street.desk.bot.vendor_id} if method == "POST" else None
    session, url = street.desk.client.session, f"{street.running.url}{path}"
    async with session.request(method, url, headers=street.desk.by_token, json=body) as response:
        return response.status


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_the_chat_api_opens_as_long_as_bot_management_does(street: Street, method: str, path: str) -> None:
    assert await asked(street, method, path) == 200
    await street.desk.call("POST", "/pause")
    assert await asked(street, method, path) == 200
    async with street.running.database.unit_of_work() as session:
        await session.execute(update(Partner).values(is_active=False))
    assert await asked(street, method, path) == 403
    async with street.running.database.unit_of_work() as session:
        await session.execute(update(Partner).values(is_active=True))
    await street.desk.call("DELETE")
    assert await asked(street, method, path) == 401
