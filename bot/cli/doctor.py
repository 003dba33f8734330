"""The doctor: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import asdict, dataclass

import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot import migrations
from bot.cli.output import AsJson, print_json
from bot.db.engine import Database
from bot.errors import ConfigurationError, Unauthenticated
from bot.line.client import AccessRefused, LineError
from bot.ports import Ports, real_ports
from bot.settings import Settings, load_settings

CHECK_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's end. `mend` says what to do where it isn't `ok`."""

    check: str
    ok: bool
    detail: str
    mend: str = ""


def doctor(as_json: AsJson = False) -> None:
    """Check settings, stores, the channel's secret and token, and the webhook; say how to mend what is wrong."""
    try:
        settings = load_settings()
    except ConfigurationError as error:
        findings = [Finding("settings", False, str(error), "Set them in the environment or in .env.")]
    else:
        findings = asyncio.run(examine(settings))
    healthy = all(finding.ok for finding in findings)
    if as_json:
        print_json({"ok": healthy, "checks": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.check}: {finding.detail}")
            if finding.mend:
                typer.echo(f"     To mend it: {finding.mend}")
    raise typer.Exit(0 if healthy else 1)


async def examine(settings: Settings) -> list[Finding]:
    """Every check, each on its own, so that one failure hides no other."""
    ports = real_ports(settings)
    try:
        checks = [_database(settings), _token(settings, ports), _webhook(settings, ports)]
        if settings.redis_url is not None:
            checks.insert(1, _redis(settings.redis_url.get_secret_value()))
        return [Finding("settings", True, "complete"), *[await _bounded(check) for check in checks]]
    finally:
        await ports.close()


async def _bounded(check: Awaitable[Finding]) -> Finding:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check
    except TimeoutError:
        return Finding("time", False, "a check got no answer in time", "Look at the network in between.")


async def _database(settings: Settings) -> Finding:
    database = Database(settings.database_url)
    name = database.url.render_as_string(hide_password=True)
    try:
        await database.ping()
        revision = await migrations.current(settings.database_url)
    except (SQLAlchemyError, OSError) as error:
        return Finding("database", False, f"{name} can't be reached ({type(error).__name__})", "Check DATABASE_URL.")
    finally:
        await database.close()
    if revision != migrations.head():
        return Finding("database", False, f"{name} is not up to date", "Run `shopkeeper migrate`.")
    return Finding("database", True, f"{name} at revision {revision}")


async def _redis(url: str) -> Finding:
    client = Redis.from_url(url)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return Finding("redis", False, f"can't be reached ({type(error).__name__})", "Check REDIS_URL.")
    finally:
        await client.aclose()
    return Finding("redis", True, "answers")


async def _token(settings: Settings, ports: Ports) -> Finding:
    try:
        info = await ports.line.bot_info(settings.line_channel_access_token.get_secret_value())
    except AccessRefused:
        mend = "Issue a channel access token in the LINE Developers Console and set LINE_CHANNEL_ACCESS_TOKEN."
        return Finding("channel token", False, "LINE refuses it", mend)
    except LineError as error:
        mend = "Check LINE_API_BASE_URL and the network."
        return Finding("channel token", False, f"LINE can't be asked: {error}", mend)
    return Finding("channel token", True, f"{info.display_name} ({info.basic_id})")


async def _webhook(settings: Settings, ports: Ports) -> Finding:
    """LINE's own test sends a signed request, so it tells about the secret too."""
    token, url = settings.line_channel_access_token.get_secret_value(), f"{settings.base_url}/line/webhook"
    set_it = f"Set the webhook URL to {url} in the LINE Developers Console and switch webhooks on."
    try:
        endpoint = await ports.line.webhook_endpoint(token)
        if endpoint is None or endpoint.url != url:
            there = endpoint.url if endpoint else "none"
            return Finding("webhook", False, f"LINE calls {there}, this server is {url}", set_it)
        if not endpoint.is_active:
            return Finding("webhook", False, "webhooks are switched off at LINE", set_it)
        test = await ports.line.test_webhook(token)
    except LineError as error:
        return Finding("webhook", False, f"LINE can't be asked: {error}", "Mend the channel token first.")
    if test.success:
        return Finding("webhook", True, f"LINE reaches {url} and the channel secret is right")
    if test.status_code == Unauthenticated.status:
        return Finding("webhook", False, "the signature doesn't match", "Copy LINE_CHANNEL_SECRET from the console.")
    mend = "Start `shopkeeper serve`, and see that the URL is public with a valid certificate."
    return Finding("webhook", False, f"LINE's test failed: {test.reason} {test.detail}".strip(), mend)
