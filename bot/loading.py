"""Modules that are loaded where they are needed, not with whoever may need them."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType


def load(name: str) -> ModuleType:
    """Import a module by its name.

    Loading makes many objects and no garbage: to look for some would take a fifth of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module(name)
    finally:
        if collecting:
            gc.enable()
