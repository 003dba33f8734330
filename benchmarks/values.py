"""How well numbers and amounts in Chinese text are read, on public test suites of other projects.

    python -m benchmarks.values [--data ../shared/data/03_numbers] [--wrong 5]

Prints the share right for each set beside the published baselines, and up to `--wrong` of the rows that
are wrong. What the reader doesn't claim to do (dates, times, phone numbers, car plates) isn't counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from knowledge.numerals import find, parse

Row = dict[str, Any]
BASELINES = {"amounts_zh": "Recognizers-Text .87, cn2an + regex .73"}


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    expected: tuple[Decimal, ...]


def read(text: str) -> tuple[Decimal, ...]:
    """The number that `text` is; else its amount of money; else its last quantity. A range has two ends."""
    whole = parse(text)
    if whole is not None:
        return (whole,)
    found = find(text)
    if not found:
        return ()
    one = next((quantity for quantity in found if quantity.unit == "元"), found[-1])
    return (one.value,) if one.upto is None else (one.value, one.upto)


def amounts(row: Row) -> Iterator[Case]:
    yield Case(row["text"], (Decimal(str(row["value"])),))


def cn2an(row: Row) -> Iterator[Case]:
    # The mode "direct" spells digits out one by one ("012") and is about text, not numbers.
    if row["mode"] != "direct":
        yield Case(row["text"], (Decimal(str(row["value"])),))


def jionlp(row: Row) -> Iterator[Case]:
    """Amounts and ranges; 十幾 and 數十 are no figures."""
    expected = row["expect"]["num"]
    if isinstance(expected, str):
        yield Case(row["text_t"], (Decimal(expected),))
    elif any(mark in row["text_t"] for mark in "到~—-至"):
        yield Case(row["text_t"], tuple(Decimal(one) for one in expected))


def itn(row: Row) -> Iterator[Case]:
    """Spoken to written: the number that the written form is."""
    if row["file"] in ("cardinal", "decimal", "money", "number") and (value := _plain(row["expect"])) is not None:
        yield Case(row["text_t"], (value,))


def tn(row: Row) -> Iterator[Case]:
    """Written to spoken: both forms must be one number."""
    if row["file"] in ("cardinal", "decimal") and (value := _plain(row["text"])) is not None:
        yield Case(row["expect"], (value,))


def _plain(text: str) -> Decimal | None:
    """A number in digits, perhaps with 万 or 亿 and a currency sign; None for anything else."""
    bare = text.lstrip("¥€£₩$USHK").replace(",", "")
    factor = {"万": 10**4, "亿": 10**8}.get(bare[-1:], 1)
    try:
        return Decimal(bare.rstrip("万亿")) * factor
    except InvalidOperation:
        return None


SETS: tuple[tuple[str, Callable[[Row], Iterator[Case]]], ...] = (
    ("amounts_zh", amounts),
    ("cn2an_zh", cn2an),
    ("jionlp_money_zh", jionlp),
    ("nemo_itn_zh", itn),
    ("nemo_tn_zh", tn),
    ("wetext_itn_zh", itn),
)


def is_right(case: Case) -> bool:
    said = read(case.text)
    if len(said) != len(case.expected):
        return False
    # Expected values are rounded to cents or to a float's digits, ours are exact.
    return all(
        abs(one - other) <= max(abs(other) * Decimal("1e-9"), Decimal("0.005") if abs(other) >= 1 else Decimal(0))
        for one, other in zip(said, case.expected, strict=True)
    )


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def report(name: str, cases: Sequence[Case], *, show: int) -> None:
    started = time.perf_counter()
    wrong = [case for case in cases if not is_right(case)]
    microseconds = (time.perf_counter() - started) / max(len(cases), 1) * 1e6
    baseline = f"  (baselines: {BASELINES[name]})" if name in BASELINES else ""
    share = 1 - len(wrong) / max(len(cases), 1)
    print(f"{name:36} {share:.3f} of {len(cases):4}  {microseconds:4.0f} us each{baseline}")
    for case in wrong[:show]:
        print(f"    {case.text}  expected {case.expected}  read {read(case.text)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/03_numbers"))
    parser.add_argument("--wrong", type=int, default=0, help="how many wrong rows of each set to show")
    given = parser.parse_args()
    if not given.data.is_dir():
        sys.exit(f"{given.data} isn't here: give the folder of the number sets with --data")
    for name, cases_of in SETS:
        rows = rows_of(given.data / f"{name}.dev.jsonl")
        report(name, [case for row in rows for case in cases_of(row)], show=given.wrong)
        for source in sorted({row["source"] for row in rows if "source" in row}):
            part = [case for row in rows if row["source"] == source for case in cases_of(row)]
            report(f"  {source}", part, show=0)


if __name__ == "__main__":
    main()
