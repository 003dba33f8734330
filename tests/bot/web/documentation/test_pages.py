"""The routes that show the document."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.metrics import Metrics
from bot.web.documentation import documentation_routes
from bot.web.documentation.routes import SERVED, STATIC
from bot.web.middlewares import create_web_app

Client = TestClient[web.Request, web.Application]
DOCUMENT = {"openapi": "3.1.0", "paths": {"/x": {}}}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = create_web_app(documentation_routes(DOCUMENT), Metrics())
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_the_document_is_sent_again_only_when_it_changed(client: Client) -> None:
    first = await client.get("/openapi.json")
    assert (first.status, first.content_type, await first.json()) == (200, "application/json", DOCUMENT)
    again = await client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    other = await client.get("/openapi.json", headers={"If-None-Match": '"another"'})
    assert other.status == 200


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", "/docs/static/docs.js"])
async def test_everything_can_be_asked_for_without_its_body(client: Client, path: str) -> None:
    asked, head = await client.get(path), await client.head(path)
    assert (head.status, await head.read()) == (200, b"")
    assert head.headers["Content-Length"] == asked.headers["Content-Length"]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_a_page_takes_everything_from_this_server(client: Client, path: str) -> None:
    page = await client.get(path)
    text = await page.text()
    named = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert "default-src 'none'; script-src 'self';" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script>|<style|\son\w+=|https?://", text)
    for address in named:
        assert (await client.head(address)).status == 200


@pytest.mark.parametrize(
    "name",
    ["", "README.md", "docs.html", "..%2froutes.py", "../routes.py", "%2e%2e/routes.py", "swagger-ui.LICENSE.txt"],
)
async def test_nothing_else_is_served(client: Client, name: str) -> None:
    assert (await client.get(f"/docs/static/{name}")).status == 404


async def test_a_document_of_nothing_has_no_pages() -> None:
    assert documentation_routes({"openapi": "3.1.0", "paths": {}}) == []


def test_every_file_that_is_not_ours_has_its_licence_beside_it() -> None:
    told = (STATIC / "README.md").read_text(encoding="utf-8")
    assert [name for name in SERVED if f"`{name}`" not in told] == []
    assert [
        name for name in re.findall(r"`([\w.-]+\.(?:txt|js|css|png|html))`", told) if not (STATIC / name).exists()
    ] == []
