"""`/docs` and `/redoc` in a browser that lets them take nothing from elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from bot.web.documentation.document import TITLE
from tests.support.running import running
from tests.support.servers import environment_of

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 30_000
# ReDoc's own sign at the foot of its menu, which the page's policy keeps out.
REFUSED = "https://cdn.redoc.ly/redoc/logo-mini.svg"

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser here: {CHROMIUM} is missing")


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a server that has both APIs."""
    async with running(sqlite_url, tmp_path, partner_api_enabled=True) as product:
        yield product.url


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


async def test_one_page_tries_both_apis_with_nothing_from_elsewhere(browser: Browser, site: str) -> None:
    page, complaints = await opened(browser, f"{site}/docs")
    await expect(page.locator("h1, h2").first).to_contain_text(TITLE)
    for told in ("Ask for an answer from a vendor's knowledge", "Provision a bot"):
        await page.get_by_text(told, exact=True).first.click()
        await expect(page.get_by_role("button", name="Execute").first).to_be_visible()
    assert complaints == []


async def test_the_other_page_groups_what_it_tells_by_api(browser: Browser, site: str) -> None:
    page, complaints = await opened(browser, f"{site}/redoc")
    await expect(page.locator("h1").first).to_contain_text(TITLE)
    for api in ("Chat API", "Partner API"):
        await expect(page.get_by_role("menuitem", name=api).last).to_be_visible()
    for sought in ("Get a vendor's parameters by category", "Provision a bot"):
        await page.get_by_placeholder("Search").fill(sought)
        await expect(page.get_by_role("menuitem", name=sought).first).to_be_visible(timeout=PATIENCE_MS)
    assert complaints == []
