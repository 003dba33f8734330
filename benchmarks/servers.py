"""The servers that `benchmarks/webhook.py` compares, each in a process of its own.

Run as `python -m benchmarks.servers bare` or `... acknowledging <settings as JSON>`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

import uvloop
from aiohttp import web

from bot.app import Roles, create_app
from bot.logging import configure_logging
from bot.ports import real_ports
from bot.settings import Settings
from bot.web.server import HttpServer


async def bare() -> None:
    """A handler that reads the body and says 200: what aiohttp on uvloop can do at most."""

    async def receive(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post("/line/webhook", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    addresses: Any = runner.addresses
    await _serve_until_stopped(addresses[0][1])
    await runner.cleanup()


async def product(given: dict[str, Any], roles: Roles) -> None:
    """The product as `shopkeeper serve` runs it, in the roles asked for."""
    settings = Settings(**given)
    configure_logging(settings.log_level)
    shopkeeper = create_app(settings, real_ports(settings), roles=roles)
    await shopkeeper.start()
    server = HttpServer(shopkeeper.web)
    await server.start()
    await _serve_until_stopped(server.port)
    await server.stop()
    await shopkeeper.stop()


async def _serve_until_stopped(port: int) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print(port, flush=True)
    await stop.wait()


def main() -> None:
    kind = sys.argv[1]
    if kind == "bare":
        uvloop.run(bare())
        return
    roles = Roles(jobs=kind != "acknowledging")
    uvloop.run(product(json.loads(sys.argv[2]), roles))


if __name__ == "__main__":
    main()
