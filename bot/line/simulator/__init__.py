"""A LINE platform of our own: for tests, which drive it by method calls, and for people, who chat on its page.

`Platform` holds the state and rules without I/O, `create_simulator` serves it over HTTP, and
`Simulator.running()` starts one for a test.
"""

from __future__ import annotations

from bot.line.simulator.app import GUIDE, WORLD, create_simulator
from bot.line.simulator.events import Where
from bot.line.simulator.faults import Fault, FaultMode
from bot.line.simulator.guide import Guide, GuideStep, Line, Link, Provision, Say
from bot.line.simulator.handle import Simulator, Told
from bot.line.simulator.model import Bond, Channel, Group, Message, Occurrence, User
from bot.line.simulator.platform import Platform, PlatformRules
from bot.line.simulator.twin import InProcessLineClient

__all__ = [
    "GUIDE",
    "WORLD",
    "Bond",
    "Channel",
    "Fault",
    "FaultMode",
    "Group",
    "Guide",
    "GuideStep",
    "InProcessLineClient",
    "Line",
    "Link",
    "Message",
    "Occurrence",
    "Platform",
    "PlatformRules",
    "Provision",
    "Say",
    "Simulator",
    "Told",
    "User",
    "Where",
    "create_simulator",
]
