"""Channels: a vendor's own LINE Official Account."""

from __future__ import annotations

import asyncio
import sys
import uuid
from typing import Annotated

import typer

from bot.cli import channel_work as work
from bot.cli.channel_output import InLanguage, ask, read_lines, report, tell
from bot.cli.channel_work import CENTRAL
from bot.cli.output import AsJson, print_json
from bot.errors import BadRequest
from bot.settings import load_settings
from bot.texts import Language
from handlers.line.channels import Credentials
from handlers.line.doctor import Level, is_healthy

channel = typer.Typer(help="LINE channels.", no_args_is_help=True)
SECRET, TOKEN = "channel secret", "channel access token"

SetWebhook = Annotated[bool, typer.Option("--set-webhook", help="Set the webhook URL at LINE to this server's.")]


@channel.callback()
def channels() -> None:
    """LINE channels."""


@channel.command()
def add(
    bot: Annotated[uuid.UUID, typer.Option(help="The id of the bot that answers on the channel.")],
    *,
    from_stdin: Annotated[
        bool, typer.Option("--from-stdin", help="Read the channel secret and the access token, each on a line.")
    ] = False,
    set_webhook: SetWebhook = False,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Give a bot an Official Account of its own.

    The channel secret and a channel access token are asked for, unseen. LINE is asked who the account is. The bot
    moves there from the channel it was on; its owner has another user id there and claims it anew, with the code
    that is printed. Then the account is checked.
    """
    settings = load_settings()
    given = _given(secret=True, token=True) if from_stdin else Credentials(ask("Channel secret"), ask("Access token"))
    added, findings = asyncio.run(work.add(settings, bot, given, set_webhook=set_webhook))
    if as_json:
        print_json({**added, **report(findings, language)})
        return
    typer.echo(f"{added['name']} ({added['basic_id']}) is connected.")
    typer.echo(f"Its webhook URL is {added['webhook_url']}")
    typer.echo(f"The owner claims the bot there with: {added['claim']}")
    tell([one for one in findings if one.level is not Level.OK], language)


@channel.command(name="list")
def list_channels(as_json: AsJson = False) -> None:
    """List every channel, without its credentials."""
    found = asyncio.run(work.listed(load_settings()))
    if as_json:
        print_json({"channels": found})
        return
    for one in found:
        whose = f"tenant {one['tenant_id']}" if one["tenant_id"] else CENTRAL
        state = "token refused" if one["token_refused_at"] else "ok" if one["is_active"] else "off"
        typer.echo(f"{one['id']}  {state:13}  {one['name']} ({one['basic_id']})  {whose}  bots: {len(one['bots'])}")
    if not found:
        typer.echo("There is no channel yet. `shopkeeper serve` makes the central one at its first start.")


@channel.command()
def check(
    which: Annotated[str | None, typer.Argument(metavar="[ID]", help=f"The channel's id, or `{CENTRAL}`.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Check every channel.")] = False,
    set_webhook: SetWebhook = False,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Check a channel as the doctor does, and say how to mend what is wrong; status 1 where there is a problem."""
    if (which is None) == (not every):
        raise BadRequest(f"Say which channel to check: its id, `{CENTRAL}`, or --all for every one.")
    reports = asyncio.run(work.check(load_settings(), which, set_webhook=set_webhook))
    healthy = all(is_healthy(findings) for _, findings in reports)
    if as_json:
        shown = [{"channel": name, **report(findings, language)} for name, findings in reports]
        print_json({"ok": healthy, "channels": shown})
    else:
        for name, findings in reports:
            typer.echo(name)
            tell(findings, language)
    raise typer.Exit(0 if healthy else 1)


@channel.command()
def rotate(
    which: Annotated[str, typer.Argument(metavar="ID", help=f"The channel's id, or `{CENTRAL}`.")],
    *,
    secret: Annotated[
        bool, typer.Option("--secret-from-stdin", help="Read the new channel secret from a line.")
    ] = False,
    token: Annotated[
        bool, typer.Option("--token-from-stdin", help="Read the new access token from a line, after the secret.")
    ] = False,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Give a channel a new channel secret, a new access token, or both; without an option they are asked for.

    A new secret counts beside the old one as soon as it is given, until LINE uses it. A new token is tried first and
    must belong to the same Official Account. At the end LINE tests the webhook; status 1 where that fails.
    """
    settings = load_settings()
    if secret or token:
        given = _given(secret=secret, token=token)
    else:
        given = Credentials(ask("New channel secret", optional=True), ask("New channel access token", optional=True))
    shown, finding = asyncio.run(work.rotate(settings, which, given))
    healthy = is_healthy([finding])
    if as_json:
        print_json({**shown, **report([finding], language)})
    else:
        typer.echo(f"{shown['name']} has its new credentials.")
        tell([finding], language)
        if shown["is_central"]:
            typer.echo("Now set LINE_CHANNEL_SECRET to it as well: both secrets count until then.")
    raise typer.Exit(0 if healthy else 1)


def _given(*, secret: bool, token: bool) -> Credentials:
    """What standard input holds: the secret first, then the token."""
    lines = iter(read_lines(sys.stdin, [name for name, wanted in ((SECRET, secret), (TOKEN, token)) if wanted]))
    return Credentials(next(lines) if secret else None, next(lines) if token else None)
