"""Complete, valid settings for a test, whatever the environment of the machine says."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Protocol

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings import Settings


class MakeSettings(Protocol):
    def __call__(self, **changes: Any) -> Settings: ...


class _SettingsOfTests(Settings):
    """Settings that come from their arguments alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_environment: PydanticBaseSettingsSource,
        **_more: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Settings with fresh secrets and an SQLite file in `folder`; `changes` are settings by field name."""
    values = {
        "database_url": f"sqlite+aiosqlite:///{folder / 'shopkeeper.db'}",
        "secret_key": secrets.token_urlsafe(32),
        "line_channel_secret": secrets.token_hex(16),
        "line_channel_access_token": secrets.token_urlsafe(64),
        "external_jwt_secret": secrets.token_urlsafe(32),
        "webhook_secret": secrets.token_urlsafe(32),
    }
    return _SettingsOfTests(**{**values, **changes})
