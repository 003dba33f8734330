"""The page in a real browser: chatting, tapping, the raw log, the guide, two languages."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from bot.line.simulator import Channel, Guide, GuideStep, Line, Provision, Say, Simulator
from bot.line.simulator.routes_page import STATIC
from bot.texts import Language, catalogue, say
from tests.bot.line.simulator.staging import Stage, made_menu

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BUTTON = {"type": "postback", "label": "預約看屋", "data": "book=1", "displayText": "我要預約"}
CARD = {
    "type": "bubble",
    "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "大安區兩房"}]},
    "footer": {"type": "box", "layout": "vertical", "contents": [{"type": "button", "action": BUTTON}]},
}
CHIP = {"type": "action", "action": {"type": "message", "label": "繳費日", "text": "繳費日是幾號？"}}
ANSWER: list[dict[str, Any]] = [
    {"type": "flex", "altText": "物件", "contents": CARD},
    {"type": "text", "text": "<b>每月 5 日</b>", "quickReply": {"items": [CHIP]}},
]


async def provisioned(name: str) -> dict[str, Any]:
    return {"success": True, "store_name": name, "binding": {"code": "K7QP-M3XD"}}


def guide_for(channel: Channel) -> Guide:
    """A question to ask, and a store to provision and own."""
    owning = {"owner": "店長", "owner_label": "成為店長", "command": "@我是店長 {code}"}
    provision = Provision("申請機器人", "小舖", provisioned, channel_id=channel.channel_id, **owning)
    ask = Say("問問題", (Line("小美", channel.channel_id, ("嗨", "房租幾號繳？")),))
    return Guide("從這裡開始", "兩個步驟", (GuideStep("開店", "申請", (provision,)), GuideStep("提問", "問", (ask,))))


@pytest.fixture
async def answering(stage: Stage) -> AsyncIterator[Stage]:
    """The stage with a bot that answers every event with `ANSWER`."""

    async def answer(request: web.Request) -> web.Response:
        for event in (await request.json())["events"]:
            body = {"replyToken": event.get("replyToken"), "messages": ANSWER}
            await stage.call("POST", "/v2/bot/message/reply", body)
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address: Any = runner.addresses[0]
    stage.channel.webhook_url = f"http://127.0.0.1:{address[1]}/hook"
    yield stage
    await runner.cleanup()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine, so the page is not tried in a browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = await browser.new_page(viewport={"width": 1440, "height": 900})
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
        await browser.close()
        assert problems == []


async def open_page(page: Page, line: Simulator, query: str = "") -> None:
    await page.goto(f"{line.base_url}/{query}")
    await page.wait_for_selector("html[data-ready]")


async def test_a_person_chats_taps_a_button_and_a_quick_reply(page: Page, answering: Stage) -> None:
    await open_page(page, answering.line)
    phone = page.get_by_label(say("simulator.phone_of", name="小明"))
    await phone.get_by_label(say("simulator.say_something")).fill("嗨")
    await phone.get_by_label(say("simulator.say_something")).press("Enter")
    # What a bot writes is text, whatever it looks like.
    await expect(phone.get_by_text("<b>每月 5 日</b>")).to_be_visible()
    await phone.get_by_role("button", name="預約看屋").click()
    await expect(phone.locator(".mine").get_by_text("我要預約")).to_be_visible()
    await phone.get_by_role("button", name="繳費日").click()
    await expect(phone.locator(".mine").get_by_text("繳費日是幾號？")).to_be_visible()
    await expect(phone.locator(".mine .read").first).to_have_text(say("simulator.read"))


async def test_a_rich_menu_opens_closes_and_its_areas_are_tapped(page: Page, answering: Stage) -> None:
    made = await made_menu(answering)
    await answering.call("POST", f"/v2/bot/user/{answering.user.user_id}/richmenu/{made}")
    await open_page(page, answering.line)
    menu = page.get_by_role("navigation", name=say("simulator.rich_menu"))
    await menu.get_by_role("button", name="今日摘要").click()
    await expect(page.locator(".mine").get_by_text("給我今日摘要")).to_be_visible()
    await menu.get_by_role("button", name="店長選單").click()
    await expect(menu.get_by_role("button", name="今日摘要")).to_be_hidden()


async def test_files_of_ones_own_are_sent_with_their_content(page: Page, stage: Stage) -> None:
    await open_page(page, stage.line)
    chooser = page.get_by_label(say("simulator.attach")).and_(page.locator("input"))
    for count, mime in enumerate(("audio/wav", "application/pdf", "image/png"), start=1):
        await chooser.set_input_files({"name": "租約.bin", "mimeType": mime, "buffer": mime.encode()})
        await expect(page.locator(".mine")).to_have_count(count)
    sent = stage.line.visible_messages(stage.channel, stage.user)
    assert [message.content["type"] for message in sent] == ["audio", "file", "image"]
    blobs = [stage.line.platform.blobs[message.message_id] for message in sent]
    assert [blob.data.decode() for blob in blobs] == [blob.content_type for blob in blobs]


async def test_the_raw_log_shows_request_and_answer_of_each_step(page: Page, answering: Stage) -> None:
    await open_page(page, answering.line)
    await answering.line.user_says(answering.channel, answering.user, "嗨")
    await page.get_by_role("button", name=say("simulator.raw"), exact=True).click()
    raw = page.get_by_role("region", name=say("simulator.raw"))
    await raw.get_by_role("button", name=re.compile("message:text")).click()
    await expect(raw.locator(".pane").first).to_contain_text("x-line-signature")
    await raw.get_by_role("button", name="POST /message/reply").click()
    await expect(raw.locator(".pane").last).to_contain_text("sentMessages")


async def test_the_guide_provisions_a_store_and_makes_its_owner(page: Page, answering: Stage) -> None:
    answering.line.offer(guide_for(answering.channel))
    await open_page(page, answering.line)
    await page.get_by_role("button", name="申請機器人").click()
    await expect(page.locator(".guide-json")).to_contain_text("K7QP-M3XD")
    await page.get_by_role("button", name="成為店長").click()
    phone = page.get_by_label(say("simulator.phone_of", name="店長"))
    await expect(phone.locator(".mine").get_by_text("@我是店長 K7QP-M3XD")).to_be_visible()


async def test_the_guide_asks_in_a_phone_of_the_person(page: Page, answering: Stage) -> None:
    answering.line.offer(guide_for(answering.channel))
    await open_page(page, answering.line)
    await page.get_by_role("button", name="問問題").click()
    phone = page.get_by_label(say("simulator.phone_of", name="小美"))
    await expect(phone.locator(".mine").last).to_contain_text("房租幾號繳？")


async def test_the_page_speaks_english_when_asked(page: Page, stage: Stage) -> None:
    await open_page(page, stage.line, "?lang=en")
    await expect(page.get_by_role("heading", name=say("simulator.title", Language.EN))).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "en"


async def test_three_phones_fit_beside_the_guide(page: Page, stage: Stage) -> None:
    stage.line.offer(guide_for(stage.channel))
    for name in ("小美", "阿宏"):
        stage.line.add_user(name)
    await open_page(page, stage.line)
    boxes = [await phone.bounding_box() for phone in await page.locator(".phone").all()]
    assert [box is not None and box["x"] + box["width"] <= 1440 for box in boxes] == [True] * 3


async def test_without_a_guide_there_is_none_and_an_unknown_action_is_404(stage: Stage) -> None:
    _, shown = await stage.control("GET", "/guide")
    assert shown["guide"] is None
    assert (await stage.control("POST", "/guide/0/0/say", {}))[0] == 404


async def test_the_stream_tells_of_every_change(stage: Stage) -> None:
    timeout = aiohttp.ClientTimeout(total=5)
    async with stage.session.get(f"{stage.line.base_url}/_simulator/stream", timeout=timeout) as stream:
        await stream.content.readline()
        await stage.line.user_says(stage.channel, stage.user, "嗨")
        lines = [await stream.content.readline() for _ in range(3)]
    assert lines[1] == b"event: message\n"
    assert json.loads(lines[2].removeprefix(b"data: "))["content"]["text"] == "嗨"


def test_every_text_that_the_page_names_is_in_the_catalogue() -> None:
    known = {key.removeprefix("simulator.") for key in catalogue(Language.ZH_TW) if key.startswith("simulator.")}
    scripts = "".join(script.read_text(encoding="utf-8") for script in Path(STATIC).glob("js/*.js"))
    named = set(re.findall(r"""\bt\("(\w+)\"""", scripts))
    assert named - known == set()
    assert not re.search(r"[\u4e00-\u9fff]", scripts)
