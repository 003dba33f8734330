from __future__ import annotations

import json
import re
import uuid
from importlib.resources import files

from sqlalchemy import select

from bot.line.simulator import Channel as Account
from bot.line.simulator import FaultMode, User
from bot.line.simulator.rules.pictures import picture_size
from bot.models import Bot, Channel
from bot.texts import say
from handlers.line.commands import CommandName, command_text
from handlers.line.owner import rich_menu
from tests.handlers.line.owner.conftest import Seat
from tests.support.running import Running


async def own_shop(still: Running) -> tuple[Bot, Account]:
    bot = await still.shops.open()
    return bot, await still.own_channel(bot)


async def bound(still: Running, bot: Bot, account: Account, name: str = "店長") -> User:
    user = still.friend(name, of=account)
    await still.ask(user, f"{command_text(CommandName.CLAIM)} {await still.shops.code(bot)}", channel=account)
    return user


def menu_seen(still: Running, account: Account, user: User) -> str | None:
    """The name of the rich menu that somebody sees."""
    menu = still.line.platform.menus.linked(account.channel_id, user.user_id)
    return str(menu.content["name"]) if menu is not None else None


async def test_an_owner_on_their_own_channel_gets_the_menu_and_customers_do_not(still: Running) -> None:
    bot, account = await own_shop(still)
    owner, guest = await bound(still, bot, account), still.friend("客人", of=account)
    assert menu_seen(still, account, owner) == rich_menu.menu_object(bot)["name"]
    assert menu_seen(still, account, guest) is None
    (kept,) = await still.rows(select(Channel.staff_menu_id).where(Channel.staff_menu_id.is_not(None)))
    assert kept


async def test_a_failure_of_the_menu_costs_nothing_and_the_next_opening_makes_it_good(still: Running) -> None:
    bot, account = await own_shop(still)
    still.line.fail(FaultMode.STATUS, endpoint="uploadRichMenuImage", times=None)
    owner = await bound(still, bot, account)
    assert await still.shops.owner_of(bot) == owner.user_id
    still.line.faults.clear()
    await still.ask(owner, "選單", channel=account)
    assert menu_seen(still, account, owner) == rich_menu.menu_object(bot)["name"]
    assert len(await still.shopkeeper.ports.line.rich_menus(account.access_token)) == 1


async def test_whoever_is_owner_no_longer_loses_the_menu(still: Running) -> None:
    bot, account = await own_shop(still)
    owner = await bound(still, bot, account)
    seat = Seat(still, owner, bot)
    ask = await still.line.user_says(account, owner, command_text(CommandName.RELEASE))
    for _ in range(2):
        await still.settle()
        message = still.line.answers_to(ask)[-1].content
        data = message["quickReply"]["items"][0]["action"]["data"]
        ask = await still.line.user_taps(account, owner, data)
    await still.settle()
    assert await still.shops.owner_of(seat.bot) is None
    assert menu_seen(still, account, owner) is None


async def test_the_shared_channel_has_no_such_menu(owner: Seat) -> None:
    await owner.says("選單")
    assert await owner.shop.shopkeeper.ports.line.rich_menus(owner.shop.central.access_token) == []


def test_the_picture_is_one_that_line_takes_and_shows_what_the_areas_do() -> None:
    assert picture_size(rich_menu.picture(), "image/png") == (rich_menu.WIDTH, rich_menu.HEIGHT)
    assert len(rich_menu.picture()) < 1024 * 1024
    page = (files(rich_menu) / "staff_menu.html").read_text(encoding="utf-8")
    labels = re.findall(r"<b>(.+?)</b>", page)
    assert labels == [say(f"menu.{action}") for row in rich_menu.ROWS for action in row]


def test_the_areas_cover_the_picture_once() -> None:
    menu = rich_menu.menu_object(Bot(id=uuid.uuid4()))
    covered = sum(area["bounds"]["width"] * area["bounds"]["height"] for area in menu["areas"])
    assert covered == rich_menu.WIDTH * rich_menu.HEIGHT
    assert json.dumps(menu)
