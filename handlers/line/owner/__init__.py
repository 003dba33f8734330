"""What the people of a shop do with their bot, from inside LINE."""

from __future__ import annotations

from handlers.line.owner.desk import Desk


def owner_desk() -> Desk:
    """The desk with everything that staff can ask for. Each part adds its own actions and dialogs."""
    return Desk()
