"""Which parameter somebody means by the name that they call it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.overrides import asked_for
from knowledge.parameters import Parameter

EXACT, CONTAINED = 1.0, 0.8
LEAST, CLEAR_LEAD = 0.3, 0.25
MOST_NEAR = 5
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """The parameter that is meant, or those that may be, the likeliest first."""

    parameter: Parameter | None = None
    near: tuple[Parameter, ...] = ()


def find_meant(name: str, parameters: Sequence[Parameter]) -> Meant:
    """Find a parameter by display name or key, as its value would be asked for, or by nearness of words."""
    ranked = sorted(((_likeness(name, one), one) for one in parameters), key=lambda pair: -pair[0])
    near = [(score, one) for score, one in ranked if score >= LEAST][:MOST_NEAR]
    exact = [one for score, one in near if score == EXACT]
    if len(exact) == 1:
        return Meant(exact[0])
    if len(near) == 1 or (len(near) > 1 and near[0][0] - near[1][0] >= CLEAR_LEAD):
        return Meant(near[0][1])
    asked = asked_for(name, {one.key: one for one in parameters}) if not exact else None
    if asked is not None:
        return Meant(asked)
    return Meant(near=tuple(one for _, one in near))


def called(parameter: Parameter) -> str:
    """The name to show."""
    return parameter.display_name or parameter.key


def _likeness(name: str, parameter: Parameter) -> float:
    """How near a name is to what a parameter is called: 0 (nothing shared) to 1 (the same)."""
    names = [parameter.display_name or "", parameter.key, parameter.description or ""]
    return max(_alike(_plain(name), _plain(one)) for one in names)


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if one == other:
        return EXACT
    if one in other or other in one:
        return CONTAINED * (0.5 + 0.5 * min(len(one), len(other)) / max(len(one), len(other)))
    mine, theirs = _pairs(one), _pairs(other)
    # Dice's coefficient of the pairs of characters that stand beside each other.
    return CONTAINED * 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def _pairs(text: str) -> frozenset[str]:
    return frozenset(_windows(text))


def _windows(text: str) -> Iterable[str]:
    return (text[at : at + 2] for at in range(len(text) - 1))


def _plain(name: str) -> str:
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", name).casefold())
