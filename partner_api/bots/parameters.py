"""The parameters of the vendor that a bot speaks for, as partners see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from knowledge.schemas.vendors import ConfigView


class ParametersShown(msgspec.Struct):
    """Every parameter, by category and within one in the order in which they were made."""

    configs: list[ConfigView]


def parameters_shown(by_category: Mapping[str, Sequence[ConfigView]]) -> ParametersShown:
    return ParametersShown([_in_utc(view) for views in by_category.values() for view in views])


def _in_utc(view: ConfigView) -> ConfigView:
    """A parameter with its times written as everywhere in this API."""
    updated_at = f"{view.updated_at}Z" if view.updated_at is not None else None
    return msgspec.structs.replace(view, created_at=f"{view.created_at}Z", updated_at=updated_at)
