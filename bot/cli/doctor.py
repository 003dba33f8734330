"""The doctor: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import typer
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot import migrations
from bot.cli.channel_output import InLanguage, report, tell
from bot.cli.channel_work import channels_over, configured
from bot.cli.output import AsJson, print_json
from bot.db.engine import Database
from bot.errors import ConfigurationError
from bot.ports import real_ports
from bot.settings import Settings, load_settings
from bot.tenancy.principal import PLATFORM
from bot.texts import Language
from handlers.line.channels import Channels
from handlers.line.doctor import Finding, found, is_healthy

CHECK_SECONDS = 15


def doctor(language: InLanguage = Language.EN, as_json: AsJson = False) -> None:
    """Check settings, stores and the central channel; say how to mend what is wrong. Status 1 where it is a problem.

    `shopkeeper channel check --all` checks the vendors' own channels too.
    """
    try:
        settings = load_settings()
    except ConfigurationError as error:
        findings = [found("settings_unusable", error=error)]
    else:
        findings = asyncio.run(examine(settings))
    if as_json:
        print_json(report(findings, language))
    else:
        tell(findings, language)
    raise typer.Exit(0 if is_healthy(findings) else 1)


async def examine(settings: Settings) -> list[Finding]:
    """Every check, each on its own, so that one failure hides no other."""
    findings = [found("settings_complete"), await _bounded(lambda: _database(settings))]
    is_ready = findings[-1].code == "database_ready"
    if settings.redis_url is not None:
        url = settings.redis_url.get_secret_value()
        findings.append(await _bounded(lambda: _redis(url)))
    ports, database = real_ports(settings), Database(settings.database_url)
    try:
        channels = channels_over(database, settings, ports)
        if not is_ready:
            return [*findings, *await channels.ask_line(configured(settings))]
        return [*findings, *await channels.check_central(configured(settings)), *await _own(channels)]
    finally:
        await ports.close()
        await database.close()


async def _bounded(check: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return found("check_timed_out", seconds=CHECK_SECONDS)


async def _database(settings: Settings) -> Finding:
    database = Database(settings.database_url)
    name = database.url.render_as_string(hide_password=True)
    try:
        await database.ping()
        revision = await migrations.current(settings.database_url)
    except (SQLAlchemyError, OSError) as error:
        return found("database_unreachable", name=name, error=type(error).__name__)
    finally:
        await database.close()
    if revision != migrations.head():
        return found("database_outdated", name=name)
    return found("database_ready", name=name, revision=revision)


async def _redis(url: str) -> Finding:
    client = Redis.from_url(url)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return found("redis_unreachable", error=type(error).__name__)
    finally:
        await client.aclose()
    return found("redis_ready")


async def _own(channels: Channels) -> list[Finding]:
    """What is known of the vendors' own channels without asking LINE about each; nothing where there is none."""
    own = [state.channel for state in await channels.listed(PLATFORM) if not state.channel.is_central]
    if refused := [f"{one.name} ({one.id})" for one in own if one.broken_at is not None]:
        return [found("channels_refused", names=", ".join(refused))]
    return [found("channels_answering", count=len(own))] if own else []
