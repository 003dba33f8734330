"""What the people of a shop do with their bot, from inside LINE."""

from __future__ import annotations

from handlers.line.owner import (
    broadcasts,
    groups,
    handover,
    menu,
    opening,
    pausing,
    quota,
    settings,
    staff,
    summary,
    teaching,
    unanswered,
    values,
)
from handlers.line.owner.desk import Desk
from handlers.line.owner.preview import Preview
from handlers.line.owner.tools import Tools


def owner_desk(tools: Tools) -> Desk:
    """The desk with everything that staff can ask for. Each part adds its own actions and dialogs."""
    desk = Desk(tools.database)
    menu.add_to(desk)
    unanswered.add_to(desk, tools)
    teaching.add_to(desk, tools)
    # Ahead of the values: "週日改成休息" is about hours.
    opening.add_to(desk)
    values.add_to(desk, tools)
    Preview(tools).add_to(desk)
    quota.add_to(desk)
    broadcasts.add_to(desk)
    staff.add_to(desk, tools)
    groups.add_to(desk, tools)
    handover.add_to(desk, tools)
    pausing.add_to(desk)
    summary.add_to(desk)
    settings.add_to(desk)
    return desk
