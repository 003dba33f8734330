"""First steps that the host process offers on the page: texts and buttons.

A guide is made of steps, a step of actions, an action is a button. `Provision` calls back into the host
and offers to make a person the owner of what was made; `Say` lets people write to accounts, several side
by side where it has several lines; `Link` leads elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Provisioner = Callable[[str], Awaitable[dict[str, Any]]]
"""Takes a store name and answers the provisioning answer, with `binding.code` in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one person writes to one account, text by text, each after the account's answer.

    `person` is a display name: the first user of that name is meant, or a new one.
    """

    person: str
    channel_id: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """A button after which each line's person writes to their account, side by side."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Provision:
    """A button that provisions a store, shows the answer, and offers to become its owner.

    The owner is a fresh person of the name `owner`, who adds the account `channel_id` as a friend and
    writes `command` with `{code}` filled in.
    """

    label: str
    store_name: str
    provision: Provisioner = field(repr=False)
    channel_id: str
    owner: str
    owner_label: str
    command: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a page elsewhere, which opens beside this one."""

    label: str
    url: str


Action = Say | Provision | Link


@dataclass(frozen=True, slots=True)
class GuideStep:
    title: str
    body: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """`columns` are the (person, channel id) pairs that the page opens with."""

    title: str
    body: str
    steps: tuple[GuideStep, ...]
    columns: tuple[tuple[str, str], ...] = ()


def guide_view(guide: Guide | None) -> dict[str, Any] | None:
    """The guide as JSON, without its callbacks."""
    if guide is None:
        return None
    steps = [
        {"title": step.title, "body": step.body, "actions": [_action_view(action) for action in step.actions]}
        for step in guide.steps
    ]
    return {"title": guide.title, "body": guide.body, "steps": steps}


def _action_view(action: Action) -> dict[str, Any]:
    if isinstance(action, Provision):
        return {
            "kind": "provision",
            "label": action.label,
            "store_name": action.store_name,
            "owner_label": action.owner_label,
        }
    if isinstance(action, Link):
        return {"kind": "link", "label": action.label, "url": action.url}
    lines = [{"person": line.person, "channel_id": line.channel_id, "texts": list(line.texts)} for line in action.lines]
    return {"kind": "say", "label": action.label, "lines": lines}
