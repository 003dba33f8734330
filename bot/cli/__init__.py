"""The `shopkeeper` command."""

from __future__ import annotations

import sys

import typer

from bot.errors import ConfigurationError, PlatformError
from bot.loading import load
from bot.logging import configure_logging

HELP = "An open multi-tenant platform for LINE bots."
# Module and attribute of each command. They are loaded by name: a command needs a part of the product only,
# and loading all of it takes seconds.
_COMMANDS = {
    "serve": "processes:serve",
    "worker": "processes:worker",
    "demo": "simulation:demo",
    "simulator": "simulation:simulator",
    "migrate": "store:migrate",
    "doctor": "doctor:doctor",
    "evaluate": "evaluate:evaluate",
    "import": "knowledge:import_file",
    "export": "knowledge:export_file",
    "partner": "partners:partner",
    "operator": "operators:operator",
    "channel": "channels:channel",
    "key": "keys:key",
    "vendor": "vendors:vendor",
    "usage": "line_usage:usage",
}


def command_line(*names: str) -> typer.Typer:
    """The command line with these commands; with all of them where none or another is named."""
    cli = typer.Typer(
        name="shopkeeper", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    # With a callback, a command is named even where it is the only one.
    cli.callback(help=HELP)(_nothing)
    for name in names if names and all(name in _COMMANDS for name in names) else _COMMANDS:
        module, _, attribute = _COMMANDS[name].partition(":")
        found = getattr(load(f"bot.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            cli.add_typer(found, name=name)
        else:
            cli.command(name)(found)
    return cli


def main() -> None:
    """Run the command. A wrong configuration or a refused step ends with its sentence and status 2."""
    # What a command prints may be for machines: logs never go between it, whatever it comes to call.
    configure_logging("WARNING")
    try:
        command_line(*sys.argv[1:2])()
    except (ConfigurationError, PlatformError) as error:
        print(str(error), file=sys.stderr)
        sys.exit(2)


def _nothing() -> None:
    """Commands have no step in common."""
