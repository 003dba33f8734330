from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.line.simulator import FaultMode
from bot.models import Bot, Channel, Vendor
from bot.security.box import SecretBox
from bot.texts import Language, say
from tests.handlers.line.channels.conftest import Owner

NEW = "1" * 32


async def test_a_channel_is_shown_without_its_secrets(owner: Owner) -> None:
    listed, got = await owner.call("GET", ""), await owner.call("GET", f"/{owner.channel_id}")
    assert listed.body == {"items": [got.body]}
    shown = got.body
    assert (shown["id"], shown["name"], shown["webhook_url"]) == (
        owner.channel_id, owner.account.name, owner.account.webhook_url,
    )  # fmt: skip
    assert shown["bots"] == [{"id": str(owner.bot.id), "store_name": owner.bot.store_name}]
    assert owner.account.secret not in str(shown)
    assert owner.account.access_token not in str(shown)


async def test_a_check_speaks_the_callers_language_and_codes_for_machines(owner: Owner) -> None:
    owner.account.webhook_active = False
    english, chinese = await owner.check(), await owner.check(language="zh-TW,zh;q=0.9")
    assert english.problems == chinese.problems == ["webhook_off"]
    [told] = [check for check in chinese.body["checks"] if check["code"] == "webhook_off"]
    assert (told["level"], told["check"]) == ("problem", "webhook_use")
    assert told["mend"] == say("doctor.webhook_off_mend", Language.ZH_TW)
    assert say("doctor.webhook_off", Language.EN) in str(english.body)


async def test_a_channel_is_checked_ten_times_an_hour(owner: Owner, clock: ManualClock) -> None:
    owner.product.line.fail(FaultMode.STATUS, status=503, times=None)
    assert [(await owner.check()).status for _ in range(11)] == [200] * 10 + [429]
    clock.advance(timedelta(minutes=50))
    refused = await owner.check()
    assert (refused.status, refused.headers["Retry-After"]) == (429, "600")
    assert "10 times an hour" in refused.body["detail"]
    clock.advance(timedelta(minutes=10))
    assert (await owner.check()).status == 200


async def test_a_secret_is_announced_and_finished_by_the_first_webhook(owner: Owner) -> None:
    answer = await owner.rotate(channel_secret=f" {NEW} ")
    assert (answer.status, answer.body["new_secret_announced"]) == (200, True)
    assert (await owner.check()).codes["secrets"] == "rotation_unfinished"
    owner.account.secret = NEW
    assert (await owner.check()).codes["self_test"] == "test_passed"
    await owner.product.shopkeeper.promoter.settle()
    assert (await owner.check()).codes["secrets"] == "secrets_readable"


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, "channel_secret, channel_access_token or both"),
        ({"channel_secret": ""}, 400, "channel secret is empty"),
        ({"channel_secret": 7}, 400, "channel_secret"),
        ({"channel_secret": "密" * 32}, 400, "channel secret"),
        ({"channel_secret": "x" * 170}, 400, "too long for a channel secret"),
        ({"channel_access_token": "wrong"}, 400, "LINE refuses this channel access token"),
        ([], 400, "JSON object"),
    ],
)
async def test_what_can_not_be_a_credential_is_refused_unrepeated(
    owner: Owner, body: Any, status: int, told: str
) -> None:
    answer = await owner.call("POST", f"/{owner.channel_id}/rotate", body)
    assert (answer.status, told in answer.body["detail"]) == (status, True), answer.body
    assert "xxxx" not in answer.body["detail"]
    assert (await owner.call("GET", f"/{owner.channel_id}")).body["new_secret_announced"] is False


async def test_another_accounts_token_is_refused_by_name(owner: Owner) -> None:
    other = owner.product.line.add_channel("別的帳號", line_id_name="@other")
    answer = await owner.rotate(channel_access_token=other.access_token, channel_secret=NEW)
    assert (answer.status, "別的帳號 (@other)" in answer.body["detail"]) == (409, True)
    assert (await owner.call("GET", f"/{owner.channel_id}")).body["new_secret_announced"] is False


async def test_a_line_that_can_not_be_asked_changes_nothing(owner: Owner) -> None:
    owner.product.line.fail(FaultMode.STATUS, status=503, times=None)
    answer = await owner.rotate(channel_access_token=owner.account.access_token)
    assert (answer.status, "LINE could not be asked" in answer.body["detail"]) == (503, True)


async def test_a_channel_that_vendors_share_is_rotated_by_their_tenant_alone(owner: Owner) -> None:
    async with owner.product.database.unit_of_work() as session:
        sibling = await session.scalar(select(Vendor).where(Vendor.code == "S"))
        assert sibling is not None
        bot = await session.get_one(Bot, owner.bot.id)
        names = ("tenant_id", "channel_id", "created_at", "updated_at")
        more = Bot(**{name: getattr(bot, name) for name in names}, vendor_id=sibling.id)
        more.store_name, more.shop_code = "姊妹店", "SISTER"
        session.add(more)
    path, body = f"/{owner.channel_id}/rotate", {"channel_secret": NEW}
    answers = [await owner.call("POST", path, body, key=key) for key in ("bound", "sibling", "own")]
    assert [answer.status for answer in answers] == [403, 403, 200]
    assert [len(answer.body["bots"]) for answer in answers[2:]] == [2]
    shown = await owner.call("GET", f"/{owner.channel_id}", key="sibling")
    assert [bot["store_name"] for bot in shown.body["bots"]] == ["姊妹店"]


async def test_no_log_line_holds_a_credential(owner: Owner, capsys: pytest.CaptureFixture[str]) -> None:
    token, before = owner.account.access_token, owner.account.secret
    await owner.rotate(channel_secret=NEW, channel_access_token=token)
    await owner.check()
    logged = "".join(capsys.readouterr())
    assert "channel_rotated" in logged
    assert [secret for secret in (NEW, token, before) if secret in logged] == []


async def test_what_line_says_of_the_account_is_kept(owner: Owner) -> None:
    owner.account.name, owner.account.chat_mode = "新名字", "chat"
    assert (await owner.check()).codes["auto_reply"] == "chat_on"
    shown = (await owner.call("GET", f"/{owner.channel_id}")).body
    assert (shown["name"], shown["reads_by_hand"]) == ("新名字", True)
    owner.account.chat_mode = "bot"
    await owner.check()
    [kept] = await owner.product.rows(select(Channel.reads_by_hand).where(Channel.is_central.is_(False)))
    assert kept is False


async def test_credentials_under_another_secret_key_are_found_and_healed_by_new_ones(owner: Owner) -> None:
    other, channel_id = SecretBox("another secret key altogether"), uuid.UUID(owner.channel_id)
    sealed = {name: other.seal(b"x", context=channel_id.bytes) for name in ("secret_box", "token_box")}
    async with owner.product.database.unit_of_work() as session:
        await session.execute(update(Channel).where(Channel.id == channel_id).values(sealed))
    owner.product.shopkeeper.channels.forget()
    [attempt] = (await owner.product.line.follow(owner.account, owner.product.line.add_user())).attempts
    assert (attempt.status, (await owner.check()).problems) == (503, ["secrets_unreadable"])
    account = owner.account
    await owner.rotate(channel_secret=account.secret, channel_access_token=account.access_token)
    assert (await owner.check()).problems == []
