"""The `shopkeeper` command."""

from __future__ import annotations

import sys

import typer

from bot.cli import channels, doctor, evaluate, keys, knowledge, partners, processes, vendors
from bot.errors import ConfigurationError, PlatformError

cli = typer.Typer(
    name="shopkeeper",
    help="An open multi-tenant platform for LINE bots.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (processes.serve, processes.worker, processes.demo, processes.simulator, processes.migrate):
    cli.command()(command)
cli.command()(doctor.doctor)
cli.command()(evaluate.evaluate)
cli.command(name="import")(knowledge.import_file)
cli.command(name="export")(knowledge.export_file)
cli.add_typer(partners.partner, name="partner")
cli.add_typer(channels.channel, name="channel")
cli.add_typer(keys.key, name="key")
cli.add_typer(vendors.vendor, name="vendor")


def main() -> None:
    """Run the command. A wrong configuration or a refused step ends with its sentence and status 2."""
    try:
        cli()
    except (ConfigurationError, PlatformError) as error:
        print(str(error), file=sys.stderr)
        sys.exit(2)
