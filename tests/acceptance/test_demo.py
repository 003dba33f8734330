"""The demo as a newcomer meets it: one command, one page, a right answer.

`pytest tests/acceptance/test_demo.py --screenshot docs/images/demo.png` takes the README's picture anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bot.texts import say
from tests.support.servers import ProductProcess, environment_of

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZE = {"width": 1440, "height": 900}
PATIENCE_MS = 20_000

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser here: {CHROMIUM} is missing")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[ProductProcess]:
    """`shopkeeper demo` on free ports."""
    process = ProductProcess(
        "demo", "--port", "0", "--simulator-port", "0", environment=environment_of(tmp_path), folder=tmp_path
    )
    try:
        yield process.wait_ready()
    finally:
        process.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    environment: dict[str, str | float | bool] = {**environment_of(tmp_path)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS, env=environment)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, demo: ProductProcess) -> Page:
    """The demo's page, with nothing done yet."""
    page = browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]}, locale="zh-TW")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(demo.addresses[0])
    page.wait_for_selector("html[data-ready=yes]")
    return page


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def last_answer(page: Page, person: str) -> Locator:
    """What the account said last on that person's phone."""
    phone = page.locator("section.phone", has=page.locator("option:checked", has_text=person)).last
    return phone.locator(".message.theirs").last


def answers(page: Page, person: str, text: str) -> None:
    expect(last_answer(page, person)).to_contain_text(text, timeout=PATIENCE_MS)


def take_picture(page: Page, target: Path) -> None:
    """The page as it is now, its guide and its phones from their beginning."""
    page.evaluate("for (const one of document.querySelectorAll('.guide, .phones, main')) one.scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target)


def test_a_newcomer_gets_each_vendors_own_value_and_becomes_a_shops_owner(
    page: Page, request: pytest.FixtureRequest
) -> None:
    first, second, guest, owner = (say(f"demo.person_{who}") for who in ("first", "second", "guest", "owner"))
    press(page, say("demo.ask_rent"))
    answers(page, first, "1 號")
    answers(page, second, "10 號")
    press(page, say("demo.ask_late"))
    answers(page, first, "200")
    answers(page, second, "500")
    press(page, say("demo.shop_button"))
    answers(page, guest, "08:00-18:00")
    if (target := request.config.getoption("--screenshot")) is not None:
        take_picture(page, Path(target))
    press(page, say("demo.provision_button", store=say("demo.provision_store")))
    press(page, say("demo.owner_button"))
    answers(page, owner, say("demo.provision_store"))
