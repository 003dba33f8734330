"""Commands that need no LINE: the demo, and the simulator alone."""

from __future__ import annotations

from typing import Annotated

import typer
import uvloop

from bot.cli.processes import listen, stop_signal
from bot.demo import Demo, DemoAddresses
from bot.line.simulator import Platform, create_simulator
from bot.logging import configure_logging
from bot.web.server import HttpServer

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")]


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    simulator_port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port.")] = 8080,
) -> None:
    """Start the product with a LINE simulator and sample data; needs no account and no key."""
    configure_logging("WARNING")
    addresses = DemoAddresses(host=host, port=port, simulator_port=simulator_port)
    uvloop.run(_demo(addresses))


def simulator(host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Start the LINE simulator alone, for bots of your own."""
    configure_logging("WARNING")
    uvloop.run(_simulate(host, port))


async def _demo(addresses: DemoAddresses) -> None:
    stop = stop_signal()
    async with Demo.running(addresses) as running:
        typer.echo(running.welcome)
        await stop.wait()


async def _simulate(host: str, port: int) -> None:
    stop = stop_signal()
    server = HttpServer(create_simulator(Platform()), host=host, port=port)
    await listen(server)
    typer.echo(f"The LINE simulator listens on http://{host}:{server.port}")
    await stop.wait()
    await server.stop()
