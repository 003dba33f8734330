"""What the people of a shop do with their bot, from inside LINE."""

from __future__ import annotations

from handlers.line.owner import quota
from handlers.line.owner.desk import Desk
from handlers.line.owner.tools import Tools


def owner_desk(tools: Tools) -> Desk:
    """The desk with everything that staff can ask for. Each part adds its own actions and dialogs."""
    desk = Desk(tools.database)
    quota.add_to(desk)
    return desk
