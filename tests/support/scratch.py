"""Where the files of tests lie: in memory, where there is enough of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - tests make folders of their own in it
ENOUGH = 2 * 1024**3


def in_memory() -> str | None:
    """A folder of a file system in memory; None where there is none, or too little room in it.

    A container has 64 MB there unless it was given more.
    """
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        return None
    return str(MEMORY)
