"""`/docs` and `/redoc` in a browser that lets them take nothing from elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.metrics import Metrics
from bot.web.documentation import documentation_routes, openapi_document
from bot.web.middlewares import create_web_app
from partner_api import parts
from partner_api.documentation import TITLE, partner_guide
from tests.support.partners import api_on
from tests.support.servers import environment_of
from tests.support.settings import MakeSettings

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 30_000
# ReDoc's own sign at the foot of its menu, which the page's policy keeps out.
REFUSED = "https://cdn.redoc.ly/redoc/logo-mini.svg"

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser here: {CHROMIUM} is missing")


@pytest.fixture
async def site(sqlite_database: Database, settings: MakeSettings, clock: ManualClock) -> AsyncIterator[str]:
    """The address of a server that has the partners' documentation."""
    routes = parts.routes(api_on(sqlite_database, settings(partner_api_enabled=True), clock))
    shown = documentation_routes(openapi_document(routes, partner_guide()))
    async with TestServer(create_web_app(shown, Metrics())) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    environment: dict[str, str | float | bool] = {**environment_of(tmp_path)}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS, env=environment)
        yield browser
        await browser.close()


async def opened(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """The page once it shows the document, and what it complained about."""
    page, complaints = await browser.new_page(), list[str]()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and REFUSED not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(address)
    await page.wait_for_selector("html[data-ready=yes]")
    return page, complaints


async def test_both_pages_show_the_document_with_nothing_from_elsewhere(browser: Browser, site: str) -> None:
    docs, complaints = await opened(browser, f"{site}/docs")
    await expect(docs.locator("h1, h2").first).to_contain_text(TITLE)
    await docs.get_by_text("Analyze a call").or_(docs.get_by_text("Provision a bot")).first.click()
    await expect(docs.get_by_role("button", name="Execute")).to_be_visible()
    assert complaints == []
    redoc, complaints = await opened(browser, f"{site}/redoc")
    await expect(redoc.locator("h1").first).to_contain_text(TITLE)
    await redoc.get_by_placeholder("Search").fill("provision")
    await expect(redoc.get_by_role("menuitem", name="Provision a bot").first).to_be_visible(timeout=PATIENCE_MS)
    assert complaints == []
