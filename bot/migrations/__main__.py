"""Draft a revision from what the models say and the newest revision doesn't: `python -m bot.migrations NAME`.

A draft is read, corrected for both stores and tested before it is committed.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script
from sqlalchemy import Connection, create_engine

from bot.migrations import configuration, upgrade


def draft(connection: Connection, name: str) -> None:
    """Write `versions/<number>_<name>.py` with the difference between the store and the models."""
    config = configuration(connection)
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = len(list((Path(__file__).parent / "versions").glob("[0-9]*.py"))) + 1
    config.attributes["first_revision"] = number == 1
    script = command.revision(config, name, autogenerate=True, rev_id=f"{number:04}")
    if not isinstance(script, Script):
        raise TypeError("one name makes one revision")
    path = Path(script.path)
    path.write_text("".join(line for line in path.open(encoding="utf-8") if "# ###" not in line), encoding="utf-8")


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "draft.db"
        if list((Path(__file__).parent / "versions").glob("[0-9]*.py")):
            asyncio.run(upgrade(f"sqlite+aiosqlite:///{store}"))
        engine = create_engine(f"sqlite:///{store}")
        with engine.begin() as connection:
            draft(connection, name)
        engine.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
