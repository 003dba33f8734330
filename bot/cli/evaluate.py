"""Evaluation: a question set over one or all vendors, what passes, and what regressed since the last time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot import migrations
from bot.cli import evaluate_report
from bot.cli.output import AsJson, print_json
from bot.cli.progress import progress_bar
from bot.clock import SystemClock
from bot.db.engine import Database
from bot.errors import ConfigurationError
from bot.logging import configure_logging
from bot.ports import configured_model
from bot.settings import Settings, load_settings
from knowledge.engine import Engine
from knowledge.entries import Audience
from knowledge.evaluation.choosing import assigned, chosen
from knowledge.evaluation.service import Change, Evaluation, Report
from knowledge.evaluation.sets import ASKING, Case, read_set

MAX_NAME = 200
FAILED = 1

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The questions: CSV or JSON lines.")]
Vendors = Annotated[list[str] | None, typer.Option("--vendor", help="Whom to ask, by code or id; may be repeated.")]
Everybody = Annotated[bool, typer.Option("--all", help="Ask every active vendor.")]
SetName = Annotated[
    str | None, typer.Option("--set", help="The name under which runs are compared; the file's unless given.")
]
FailUnder = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="End with status 1 where less than this share passes for a vendor."),
]
NoRegressions = Annotated[
    bool, typer.Option("--no-regressions", help="End with status 1 where something regressed; such a run isn't kept.")
]
Asking = Annotated[str, typer.Option(help="Who asks where a row doesn't say: renter or staff.")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is evaluated: the set, and whom it is asked of."""

    cases: tuple[Case, ...]
    set_name: str
    vendors: tuple[str, ...]
    everybody: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """What a run has to reach."""

    fail_under: float | None
    no_regressions: bool

    def misses(self, reports: Sequence[Report]) -> list[str]:
        """A sentence for each thing that isn't reached."""
        low = [
            f"{report.shop.code}: {report.share:.1%} pass, and {self.fail_under:.1%} must."
            for report in reports
            if self.fail_under is not None and report.share < self.fail_under
        ]
        return [*low, *(self._regressed(report) for report in reports if self.stops(report))]

    def stops(self, report: Report) -> bool:
        """Whether this run is refused for what regressed."""
        return self.no_regressions and bool(report.changed(Change.REGRESSED))

    def _regressed(self, report: Report) -> str:
        return f"{report.shop.code}: {len(report.changed(Change.REGRESSED))} regressed, and nothing may."


def evaluate(
    file: File,
    vendor: Vendors = None,
    *,
    everybody: Everybody = False,
    set_name: SetName = None,
    as_json: AsJson = False,
    fail_under: FailUnder = None,
    no_regressions: NoRegressions = False,
    audience: Asking = Audience.RENTER.value,
) -> None:
    """Ask a set of questions, show what passes, what fails and why, and what changed since the last run."""
    if vendor and everybody:
        raise ConfigurationError("Say --vendor or --all, not both.")
    if audience not in ASKING:
        raise ConfigurationError(f"--audience is {' or '.join(ASKING)}.")
    cases = read_set(file.read_bytes(), audience=Audience(audience))
    wanted = Wanted(cases, (set_name or file.stem)[:MAX_NAME], tuple(vendor or ()), everybody)
    settings = load_settings()
    configure_logging("ERROR")
    bar = Bar(fail_under, no_regressions)
    reports = asyncio.run(_evaluate(settings, wanted, bar))
    misses = bar.misses(reports)
    composer = settings.openai_model if settings.openai_api_key is not None else None
    if as_json:
        print_json(evaluate_report.as_json(reports, set_name=wanted.set_name, model=composer, misses=misses))
    else:
        evaluate_report.show(reports, set_name=wanted.set_name, model=composer, misses=misses)
    raise typer.Exit(FAILED if misses else 0)


async def _evaluate(settings: Settings, wanted: Wanted, bar: Bar) -> list[Report]:
    if await migrations.current(settings.database_url) != migrations.head():
        raise ConfigurationError("The store of DATABASE_URL is not up to date. To mend it: run `shopkeeper migrate`.")
    database, llm, clock = Database(settings.database_url), configured_model(settings), SystemClock()
    engine = Engine(database=database, llm=llm, clock=clock)
    try:
        await engine.warm()
        return await _ask(Evaluation(database, engine, clock), wanted, bar)
    finally:
        await engine.close()
        if llm is not None:
            await llm.close()
        await database.close()


async def _ask(evaluation: Evaluation, wanted: Wanted, bar: Bar) -> list[Report]:
    shops = await evaluation.shops()
    to_ask = chosen(shops, wanted.vendors, wanted.cases, everybody=wanted.everybody)
    asked = assigned(wanted.cases, to_ask, shops)
    reports = []
    with progress_bar(quiet=False) as progress:
        task = progress.add_task("Asking", total=sum(map(len, asked.values())))
        for shop, cases in asked.items():
            progress.update(task, description=f"Asking {shop.code}")
            report = await evaluation.run(shop, cases, set_name=wanted.set_name, asked=lambda: progress.advance(task))
            reports.append(report)
    await evaluation.keep([report for report in reports if not bar.stops(report)], set_name=wanted.set_name)
    return reports
