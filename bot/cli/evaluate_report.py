"""What an evaluation looks like: tables for people, one object for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from knowledge.evaluation.service import SHOWN_HITS, Change, Report, Result

# Where no terminal says how wide it is.
WIDTH = 140
MARKS = {Change.REGRESSED: "REGRESSED", Change.IMPROVED: "better", Change.NEW: "new", Change.SAME: ""}
EMBEDDED = "the embedded composer (no OPENAI_API_KEY)"


def as_json(reports: Sequence[Report], *, set_name: str, model: str | None, misses: Sequence[str]) -> dict[str, Any]:
    """The run as one JSON object."""
    passed, total = _counts(reports)
    return {
        "set": set_name,
        "model": model,
        "ok": not misses,
        "misses": list(misses),
        "passed": passed,
        "total": total,
        "share": round(passed / total, 4),
        "vendors": [_vendor(report) for report in reports],
    }


def show(reports: Sequence[Report], *, set_name: str, model: str | None, misses: Sequence[str]) -> None:
    """Print a table a vendor, what changed, and the shares."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    console.print(_plain(f"Set {set_name}. Answers are worded by {model or EMBEDDED}."))
    for report in reports:
        console.print()
        console.print(_table(report))
        for line in _changes(report):
            console.print(_plain(line))
    console.print()
    console.print(_summary(reports))
    for miss in misses:
        console.print(_plain(miss, "bold red"))


def _vendor(report: Report) -> dict[str, Any]:
    return {
        "id": report.shop.id,
        "code": report.shop.code,
        "name": report.shop.name,
        "passed": report.passed,
        "total": len(report.results),
        "share": round(report.share, 4),
        "compared_with": report.compared_with.isoformat() if report.compared_with else None,
        "regressed": [result.case.question for result in report.changed(Change.REGRESSED)],
        "improved": [result.case.question for result in report.changed(Change.IMPROVED)],
        "results": [
            {"line": result.case.line, "key": result.case.key, "change": result.change.value, **result.record}
            for result in report.results
        ],
    }


def _table(report: Report) -> Table:
    title = f"{report.shop.code} {report.shop.name} (id {report.shop.id})"
    table = Table(title=_plain(title), title_justify="left", show_lines=True, expand=True)
    table.add_column("", no_wrap=True)
    table.add_column("Question", ratio=2, overflow="fold")
    table.add_column("Answered from", ratio=2, overflow="fold")
    table.add_column("Why", ratio=5, overflow="fold")
    for result in report.results:
        mark = Text("pass", "green") if result.passed else Text("FAIL", "bold red")
        if MARKS[result.change]:
            mark.append(f"\n{MARKS[result.change]}")
        asked = _plain(f"{result.case.question}\n(line {result.case.line}, {result.case.audience})")
        table.add_row(mark, asked, _plain(_sources(result)), _plain("\n".join(_why(result))))
    return table


def _sources(result: Result) -> str:
    confidences = {hit.entry.id: hit.confidence for hit in result.hits}
    lines = [
        f"#{source.id} {source.question_summary} ({confidences.get(source.id, 0.0):.2f})"
        for source in result.answer.sources
    ]
    return "\n".join(lines) or f"no entry: {result.answer.outcome}"


def _why(result: Result) -> Iterator[str]:
    """One line for what passes; for what fails, everything that the answer came of."""
    answer = result.answer
    intents = ", ".join(f"{one.name} ({one.confidence:.2f})" for one in answer.intents) or "none"
    if result.passed:
        yield f"{answer.composer}; intents: {intents}"
        return
    yield from (f"- {reason.detail}" for reason in result.verdict.reasons)
    hits = [f"#{hit.entry.id} {hit.entry.question} ({hit.confidence:.2f})" for hit in result.hits[:SHOWN_HITS]]
    yield f"retrieved: {'; '.join(hits) or 'nothing'}"
    yield f"intents: {intents}"
    yield f"values: {', '.join(f'{key} = {value}' for key, value in answer.values.items()) or 'none'}"
    yield f"{answer.composer}, {answer.outcome}: {answer.text}"


def _changes(report: Report) -> Iterator[str]:
    if report.compared_with is None:
        yield "Nothing to compare with: this is the set's first run over this vendor."
        return
    regressed, improved = report.changed(Change.REGRESSED), report.changed(Change.IMPROVED)
    when = report.compared_with.strftime("%Y-%m-%d %H:%M UTC")
    new = len(report.changed(Change.NEW))
    yield f"Since {when}: {len(regressed)} regressed, {len(improved)} better, {new} new."
    for result in regressed:
        before = result.before or {}
        sources = "; ".join(f"#{one['id']} {one['question']}" for one in before.get("sources", ())) or "no entry"
        yield f"  regressed: {result.case.question}"
        yield f"    last time from {sources}: {before.get('answer', '')}"
        yield f"    now {_sources(result)}: {result.answer.text}"
    yield from (f"  better: {result.case.question}" for result in improved)


def _summary(reports: Sequence[Report]) -> Table:
    table = Table(title="Summary", title_justify="left")
    for name in ("Vendor", "Passed", "Share", "Regressed", "Better"):
        table.add_column(name, justify="left" if name == "Vendor" else "right")
    for report in reports:
        changes = (str(len(report.changed(change))) for change in (Change.REGRESSED, Change.IMPROVED))
        row = (report.shop.code, f"{report.passed}/{len(report.results)}", f"{report.share:.1%}", *changes)
        table.add_row(*map(_plain, row))
    passed, total = _counts(reports)
    if len(reports) > 1:
        table.add_row("all", f"{passed}/{total}", f"{passed / total:.1%}", end_section=True)
    return table


def _counts(reports: Sequence[Report]) -> tuple[int, int]:
    return sum(report.passed for report in reports), sum(len(report.results) for report in reports)


def _plain(text: str, style: str = "") -> Text:
    """`text` as it is: no markup in it is followed, and no control character reaches the terminal."""
    return Text("".join(c if c == "\n" or c.isprintable() else " " for c in text), style)
