"""Callbacks to partners that failed: the command that delivers them again."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.output import AsJson, print_json
from bot.cli.store import opened_store
from bot.clock import SystemClock
from bot.logging import configure_logging
from bot.settings import Settings, load_settings
from bot.webhooks.delivery.worker import CallbackWorker, callback_sender
from bot.webhooks.signers import Signers
from partner_api.callbacks.retrying import BOUND_SECONDS, Tally, retry_failed


def retry_failed_command(
    *,
    wait: Annotated[
        float, typer.Option(min=0, help="For how many seconds at most to wait for the first attempts.")
    ] = BOUND_SECONDS,
    as_json: AsJson = False,
) -> None:
    """Deliver every callback again that failed, and tell how the first attempts ended.

    What fails once more is tried again by the usual schedule, as long as a process works jobs.
    """
    configure_logging("ERROR")
    tally = asyncio.run(_retry(load_settings(), wait=wait))
    if as_json:
        print_json(asdict(tally))
    else:
        typer.echo(f"{tally.total} delivered again: {tally.successful} successful, {tally.failed} failed.")


async def _retry(settings: Settings, *, wait: float) -> Tally:
    sender = callback_sender(allow=settings.ssrf_allow)
    try:
        async with opened_store(settings) as database:
            worker = CallbackWorker(sender, Signers(settings))
            return await retry_failed(database, SystemClock(), worker, bound=wait)
    finally:
        await sender.close()
