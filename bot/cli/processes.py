"""Commands that run a process of the product."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Annotated

import typer
import uvloop

from bot.app import Roles, Shopkeeper, create_app
from bot.errors import ConfigurationError
from bot.logging import configure_logging
from bot.ports import real_ports
from bot.settings import Settings, load_settings
from bot.web.server import HttpServer


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on; HOST unless given.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port; PORT unless given.")] = None,
    web_only: Annotated[bool, typer.Option("--web-only", help="Leave the jobs to `shopkeeper worker`.")] = False,
) -> None:
    """Answer webhooks and the APIs, and work the jobs too unless told otherwise."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings(**given)
    if web_only:
        _needs_shared_stores(settings, "serve --web-only")
    configure_logging(settings.log_level)
    uvloop.run(_serve(settings, Roles(jobs=not web_only)))


def worker() -> None:
    """Work the jobs that the web processes leave; needs PostgreSQL and REDIS_URL."""
    settings = load_settings()
    _needs_shared_stores(settings, "worker")
    configure_logging(settings.log_level)
    uvloop.run(_work(settings))


def _needs_shared_stores(settings: Settings, command: str) -> None:
    if not settings.is_postgresql or settings.redis_url is None:
        raise ConfigurationError(
            f"`shopkeeper {command}` needs stores that processes can share: set DATABASE_URL to a PostgreSQL "
            "database and REDIS_URL to a Redis or Valkey server. Without them `shopkeeper serve` does everything."
        )


async def _serve(settings: Settings, roles: Roles) -> None:
    shopkeeper = create_app(settings, real_ports(settings), roles=roles)
    server = HttpServer(shopkeeper.web, host=settings.host, port=settings.port)
    await _run(shopkeeper, server, ready=lambda: f"Shopkeeper listens on http://{settings.host}:{server.port}")


async def _work(settings: Settings) -> None:
    shopkeeper = create_app(settings, real_ports(settings), roles=Roles(web=False))
    await _run(shopkeeper, None, ready=lambda: "Shopkeeper works the jobs.")


async def _run(shopkeeper: Shopkeeper, server: HttpServer | None, *, ready: Callable[[], str]) -> None:
    """Start, wait for a signal, stop within 10 s."""
    stop = stop_signal()
    try:
        await shopkeeper.start()
        if server is not None:
            await listen(server)
        typer.echo(ready(), err=True)
        await stop.wait()
    finally:
        if server is not None:
            await server.stop()
        await shopkeeper.stop()


async def listen(server: HttpServer) -> None:
    """Start the server. Raises ConfigurationError where its address is taken."""
    try:
        await server.start()
    except OSError as error:
        raise ConfigurationError(f"Can't listen there: {error.strerror or error}. Choose another --port.") from None


def stop_signal() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
