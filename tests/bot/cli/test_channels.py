from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from bot.line.channels.directory import open_channel
from bot.line.simulator import Channel as Account
from bot.line.simulator import FaultMode
from bot.models import Bot, Channel
from bot.texts import say
from tests.bot.cli.conftest import Ended, Shell
from tests.support.running import Running
from tests.support.waiting import eventually

NEW = "1" * 32
NOBODYS = uuid.UUID("00000000-0000-4000-8000-000000000000")


async def add(there: Shell, bot_id: uuid.UUID, *lines: str, options: str = "--json") -> Ended:
    """Add a channel, its credentials piped in."""
    arguments = ["channel", "add", "--bot", str(bot_id), "--from-stdin", *options.split()]
    return await there.run(*arguments, stdin="\n".join(lines))


async def secrets_of(product: Running, channel_id: str) -> tuple[str, ...]:
    [row] = await product.rows(select(Channel).where(Channel.id == uuid.UUID(channel_id)))
    return open_channel(row, product.shopkeeper.box).secrets


@pytest.fixture
async def own(product: Running) -> tuple[Account, str]:
    """A vendor's account and the id of its channel."""
    account = await product.own_channel(await product.shops.open())
    return account, str(account.webhook_url).rpartition("/")[2]


# add


async def test_a_bot_moves_to_an_account_of_its_own_and_answers_there(there: Shell, product: Running) -> None:
    bot = await product.shops.open()
    await product.shops.own(bot, product.friend())
    account = product.line.add_channel("自己的帳號")
    ended = await add(there, bot.id, account.secret, f" {account.access_token}", options="--set-webhook --json")
    added = ended.json
    assert (ended.code, added["name"], added["basic_id"], added["ok"]) == (0, account.name, account.basic_id, True)
    assert added["webhook_url"] == account.webhook_url == f"{product.url}/line/webhook/{added['channel_id']}"
    owner = product.friend(of=account)
    said = await product.ask(owner, added["claim"], channel=account)
    assert said == [say("binding.bound_alone", shop=bot.store_name)]
    assert await product.shops.owner_of(bot) == owner.user_id


async def test_whoever_had_a_part_in_a_bot_that_moves_is_told(there: Shell, product: Running) -> None:
    bot, owner, helper = await product.shops.open(), product.friend("老闆"), product.friend("店員")
    await product.shops.own(bot, owner)
    await product.shops.help(bot, helper)
    await product.shops.know_quota(200)
    account = product.line.add_channel("自己的帳號")
    assert (await add(there, bot.id, account.secret, account.access_token)).code == 0
    words = say("staff.moved_away", shop=bot.store_name)
    await eventually(lambda: product.seen(owner) == product.seen(helper) == [words])


async def test_what_people_read_after_adding_says_what_to_do_next(there: Shell, product: Running) -> None:
    bot, account = await product.shops.open(), product.line.add_channel("帳號")
    ended = await add(there, bot.id, account.secret, account.access_token, options="")
    assert "/line/webhook/" in ended.out
    assert "@我是店長 " in ended.out
    assert "FAIL webhook_url: No webhook URL is set at LINE" in ended.out
    assert "“Webhook redelivery” is on" in ended.out
    assert account.access_token not in ended.out + ended.err


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("s" * 32, "wrong-token"), "LINE refuses"),
        (("s" * 32,), "channel access token on a line"),
        ((), "channel secret on a line"),
        (("t" * 170, "t"), "too long for a channel secret"),
    ],
)
async def test_credentials_that_do_not_work_connect_nothing(
    there: Shell, product: Running, lines: tuple[str, ...], told: str
) -> None:
    bot = await product.shops.open()
    ended = await add(there, bot.id, *lines)
    assert (ended.code, told in ended.err) == (2, True)
    assert not any(line in ended.err for line in lines if len(line) > 1)
    assert len(await product.rows(select(Channel))) == 1


async def test_nobody_is_asked_where_nobody_can_answer(there: Shell) -> None:
    ended = await there.run("channel", "add", "--bot", str(NOBODYS))
    assert (ended.code, "--help" in ended.err) == (2, True)


async def test_an_unreachable_line_connects_nothing(there: Shell, product: Running) -> None:
    bot, account = await product.shops.open(), product.line.add_channel("帳號")
    product.line.fail(FaultMode.STATUS, status=503, times=None)
    ended = await add(there, bot.id, account.secret, account.access_token)
    assert (ended.code, "could not be asked" in ended.err) == (2, True)


async def test_an_unknown_bot_gets_no_account(there: Shell, product: Running) -> None:
    account = product.line.add_channel("帳號")
    ended = await add(there, NOBODYS, account.secret, account.access_token)
    assert (ended.code, "no bot" in ended.err) == (2, True)
    assert len(await product.rows(select(Channel))) == 1


async def test_the_central_account_is_not_given_away(there: Shell, product: Running) -> None:
    bot, central = await product.shops.open(), product.central
    ended = await add(there, bot.id, central.secret, central.access_token)
    assert (ended.code, "already connected" in ended.err) == (2, True)
    [kept] = await product.rows(select(Bot))
    assert kept.channel_id == bot.channel_id


# list and check


async def test_channels_are_listed_without_their_secrets(
    there: Shell, product: Running, own: tuple[Account, str]
) -> None:
    account, channel_id = own
    ended, told = await there.run("channel", "list", "--json"), await there.run("channel", "list")
    central, listed = ended.json["channels"]
    assert (central["is_central"], listed["id"], listed["name"]) == (True, channel_id, account.name)
    assert [line.partition(" ")[0] for line in told.out.splitlines()] == [central["id"], channel_id]
    for secret in (account.secret, account.access_token, product.central.secret):
        assert secret not in ended.out + told.out


async def test_every_channel_is_checked(there: Shell, own: tuple[Account, str]) -> None:
    account, channel_id = own
    account.webhook_active = False
    ended = await there.run("channel", "check", "--all", "--json")
    reports = {one["channel"]: one["ok"] for one in ended.json["channels"]}
    assert (ended.code, reports) == (1, {"central": True, channel_id: False})
    told = await there.run("channel", "check", channel_id, "--language", "zh-TW")
    assert (told.code, say("doctor.webhook_off") in told.out) == (1, True)


async def test_a_check_can_set_the_webhook_url(there: Shell, product: Running, own: tuple[Account, str]) -> None:
    account, channel_id = own
    account.webhook_url = None
    assert (await there.run("channel", "check", channel_id)).code == 1
    assert (await there.run("channel", "check", channel_id, "--set-webhook")).code == 0
    assert account.webhook_url == f"{product.url}/line/webhook/{channel_id}"


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("check", "central"),
        ("check central --all", "central"),
        ("check shop", "channel list"),
        (f"check {NOBODYS}", "no such channel"),
        (f"rotate {NOBODYS} --secret-from-stdin", "no such channel"),
        ("rotate central --token-from-stdin", "LINE_CHANNEL_ACCESS_TOKEN"),
        ("rotate central", "--help"),
    ],
)
async def test_what_can_not_be_done_is_said(there: Shell, arguments: str, told: str) -> None:
    ended = await there.run("channel", *arguments.split(), stdin=NEW)
    assert (ended.code, told in ended.err) == (2, True), ended.err


# rotate


async def test_a_reissued_secret_counts_as_soon_as_it_is_given(
    there: Shell, product: Running, own: tuple[Account, str]
) -> None:
    account, channel_id = own
    account.secret = NEW
    ended = await there.run("channel", "rotate", channel_id, "--secret-from-stdin", "--json", stdin=NEW + "\n")
    assert (ended.code, codes(ended)) == (0, ["test_passed"])
    assert NEW not in ended.out + ended.err
    await product.shopkeeper.promoter.settle()
    assert await secrets_of(product, channel_id) == (NEW,)
    assert await product.ask(product.friend(of=account), "你們幾點打烊？", channel=account)


async def test_a_mistyped_secret_is_found_out_at_once(there: Shell, product: Running, own: tuple[Account, str]) -> None:
    account, channel_id = own
    before, account.secret = account.secret, NEW
    ended = await there.run("channel", "rotate", channel_id, "--secret-from-stdin", stdin="2" * 32)
    assert (ended.code, "FAIL self_test" in ended.out) == (1, True)
    assert await secrets_of(product, channel_id) == (before, "2" * 32)


async def test_the_central_secret_counts_beside_the_setting(there: Shell, product: Running) -> None:
    before = product.central.secret
    ended = await there.run("channel", "rotate", "central", "--secret-from-stdin", stdin=NEW)
    assert (ended.code, "LINE_CHANNEL_SECRET" in ended.out) == (0, True)
    for product.central.secret in (NEW, before):
        report = (await there.run("doctor", "--json")).json["checks"]
        by_name = {check["check"]: check["code"] for check in report}
        assert (by_name["secrets"], by_name["self_test"]) == ("rotation_in_settings", "test_passed")


async def test_another_accounts_token_is_refused_by_name(
    there: Shell, own: tuple[Account, str], product: Running
) -> None:
    other = product.line.add_channel("別家店")
    ended = await there.run("channel", "rotate", own[1], "--token-from-stdin", stdin=other.access_token)
    assert (ended.code, "別家店" in ended.err, other.access_token in ended.err) == (2, True, False)


def codes(ended: Ended) -> list[Any]:
    return [check["code"] for check in ended.json["checks"]]
