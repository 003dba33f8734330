"""The commands people type, recognised however their keyboard writes them. Pure.

Full-width forms, other Unicode spellings of the same characters, and stray or invisible spaces
all count as the command (NFKC, Unicode Standard Annex 15).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.security.tokens import CODE_ALPHABET, normalise_code
from bot.tenancy.bots import SHOP_CODE_LENGTH

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
# A claim or shop code is short; what is longer is a sentence that merely begins like a command.
_LONGEST_ARGUMENT = 64


class CommandName(StrEnum):
    CLAIM = "我是店長"
    JOIN_STAFF = "我是店員"
    RELEASE = "解除店長"
    ENTER_SHOP = "進店"
    CHANGE_SHOP = "換店"
    DESK = "店長"


# What people put between a command and its code, or behind it.
_AROUND_CODE = ":,，、。.!"
# Commands that are all of what was typed: with more behind it, it is a sentence that calls for somebody.
_WITHOUT_ARGUMENT = frozenset({CommandName.DESK})
# The simplified spellings are what a phone set to that script types for the same words.
_SPELLINGS = {
    "我是店長": CommandName.CLAIM,
    "我是店长": CommandName.CLAIM,
    "我是店員": CommandName.JOIN_STAFF,
    "我是店员": CommandName.JOIN_STAFF,
    "解除店長": CommandName.RELEASE,
    "解除店长": CommandName.RELEASE,
    "進店": CommandName.ENTER_SHOP,
    "进店": CommandName.ENTER_SHOP,
    "換店": CommandName.CHANGE_SHOP,
    "换店": CommandName.CHANGE_SHOP,
    "店長選單": CommandName.DESK,
    "店长选单": CommandName.DESK,
    "店長": CommandName.DESK,
    "店长": CommandName.DESK,
}


@dataclass(frozen=True, slots=True)
class Command:
    """A command with whatever was typed after it, without spaces."""

    name: CommandName
    argument: str


def read_command(text: str) -> Command | None:
    """The command that `text` is, or None for an ordinary message.

    With a code of the right kind behind it, a command needs no @: many leave it out.
    """
    compact = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    words = compact.removeprefix("@")
    for spelling, name in _SPELLINGS.items():
        if not words.startswith(spelling):
            continue
        argument = words.removeprefix(spelling).strip(_AROUND_CODE)
        longest = 0 if name in _WITHOUT_ARGUMENT else _LONGEST_ARGUMENT
        if len(argument) <= longest and (compact != words or _is_code_for(name, argument)):
            return Command(name, argument)
    return None


def _is_code_for(name: CommandName, argument: str) -> bool:
    """Whether what follows a command is such a code as it takes."""
    if name is CommandName.ENTER_SHOP:
        return len(argument) == SHOP_CODE_LENGTH and set(argument.upper()) <= set(CODE_ALPHABET)
    return name in (CommandName.CLAIM, CommandName.JOIN_STAFF) and normalise_code(argument) is not None


def command_text(name: CommandName, argument: str = "") -> str:
    """The command as a person would type it."""
    return f"@{name} {argument}".rstrip()
