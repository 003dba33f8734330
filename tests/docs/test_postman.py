"""The collection for Postman: it names every operation, and runs as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.web.documentation import openapi_document
from partner_api import parts
from partner_api.documentation import partner_guide
from tests.support.code import ROOT
from tests.support.node import installed_modules, node_command
from tests.support.partner_site import partner_site
from tests.support.partners import api_on
from tests.support.programs import finished
from tests.support.servers import free_port
from tests.support.settings import MakeSettings
from tests.support.web import serving

FILE = ROOT / "docs" / "partner-api-postman-collection.json"
COLLECTION = json.loads(FILE.read_text(encoding="utf-8"))


def requests() -> Iterator[dict[str, Any]]:
    for folder in COLLECTION["item"]:
        yield from folder["item"]


def test_every_operation_is_in_the_collection(
    sqlite_database: Database, settings: MakeSettings, clock: ManualClock
) -> None:
    document = openapi_document(parts.routes(api_on(sqlite_database, settings(), clock)), [partner_guide()])
    shapes = {
        f"{method.upper()} {'/'.join(_shape(path.strip('/').split('/'), '{'))}"
        for path, item in document["paths"].items()
        for method in item
    }
    asked = {
        f"{one['request']['method']} {'/'.join(_shape(one['request']['url']['path'], '{{'))}" for one in requests()
    }
    assert shapes - asked == set()
    assert {one for one in asked - shapes if "550e8400" not in one} == set()


def _shape(path: list[str], variable: str) -> list[str]:
    return ["*" if part.startswith(variable) else part for part in path]


def test_every_request_is_tested() -> None:
    untested = [one["name"] for one in requests() if not any(event["listen"] == "test" for event in one["event"])]
    assert untested == []


async def test_the_collection_runs_as_it_is(sqlite_url: str, tmp_path: Path) -> None:
    newman, port = installed_modules() / "newman" / "bin" / "newman.js", free_port()

    async def receive(_request: web.Request) -> web.Response:
        return web.Response()

    async with (
        serving(receive, port=port) as receiver,
        partner_site(sqlite_url, tmp_path, ssrf_allow=f"127.0.0.1:{port}") as site,
    ):
        variables = {
            "baseUrl": site.url,
            "apiKey": site.sandbox.issued.api_key,
            "apiSecret": site.sandbox.issued.api_secret,
            "productionApiKey": site.production.issued.api_key,
            "productionApiSecret": site.production.issued.api_secret,
            "provisionKey": site.provisioning_key,
            "webhookUrl": f"{receiver}/webhook",
        }
        given = [part for name, value in variables.items() for part in ("--env-var", f"{name}={value}")]
        quiet = ("--color", "off", "--reporter-cli-no-success-assertions", "--disable-unicode")
        done = await finished(node_command(), newman, "run", FILE, *given, *quiet, folder=tmp_path)
    assert done.status == 0, done.said
