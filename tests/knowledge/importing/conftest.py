"""Files read in this process, so that a failing test shows where; the process of its own has tests of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.importing.readers.child import parse
from knowledge.importing.rows import Limits, Reading, Source

Parse = Callable[..., Reading]


# The product reads in a process of its own; here, all that the tests before have used would count.
ALL_DAY = 24 * 60 * 60


@pytest.fixture(name="parse")
def parse_fixture() -> Parse:
    """`parse("text or bytes", "name.csv")`; `limits=` bounds it."""

    def parsing(
        content: str | bytes, filename: str = "", content_type: str = "", limits: Limits | None = None
    ) -> Reading:
        data = content.encode() if isinstance(content, str) else content
        return parse(Source(data, filename, content_type, limits or Limits(cpu=ALL_DAY)))

    return parsing
