"""Settings: the only reader of the environment. Frozen once loaded; secrets have no defaults."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import ConfigurationError

_DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*$")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_HOST_PORT = re.compile(r"(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):([1-9][0-9]{0,4})")
MIN_SECRET_LENGTH = 16
MAX_PORT = 65535


def _duration(value: Any) -> Any:
    """Read "24h", "30m", "45s", "7d" or a number of seconds."""
    if isinstance(value, str) and (found := _DURATION.match(value)):
        return timedelta(seconds=float(found[1]) * _UNIT_SECONDS[found[2]])
    return value


def _networks(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())
    return value


def _host_ports(value: Any) -> Any:
    """Read pairs such as "localhost:9000, [::1]:9000"."""
    if not isinstance(value, str):
        return value
    pairs = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    if not all((found := _HOST_PORT.fullmatch(pair)) and int(found[1]) <= MAX_PORT for pair in pairs):
        raise ValueError("must be pairs of host:port, separated by commas")
    return pairs


def _optional_secret(value: Any) -> Any:
    """Treat an empty variable as one that isn't set."""
    return None if value == "" else value


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine itself and nothing else."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
HostPorts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_host_ports)]
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_optional_secret)]
OptionalText = Annotated[str | None, BeforeValidator(_optional_secret)]


class Settings(BaseSettings):
    """Everything an operator can set, by environment variable or `.env` file.

    The field names in upper case are the variables' names; `.env.example` explains each.
    """

    model_config = SettingsConfigDict(frozen=True, env_file=".env", extra="ignore", populate_by_name=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_base_url: OptionalText = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    trusted_proxies: Networks = ()

    database_url: str = "sqlite+aiosqlite:///data/shopkeeper.db"
    redis_url: OptionalSecret = None

    secret_key: SecretStr
    line_channel_secret: SecretStr
    line_channel_access_token: SecretStr
    line_api_base_url: str = "https://api.line.me"
    line_data_api_base_url: str = "https://api-data.line.me"
    bare_claim_window: Duration = timedelta(hours=24)

    openai_api_key: OptionalSecret = None
    openai_base_url: OptionalText = None
    openai_model: str = "gpt-4o-mini"
    openai_transcribe_model: OptionalText = "gpt-transcribe"
    whisper_model_path: OptionalText = None
    llm_daily_tokens_per_bot: Annotated[int | None, BeforeValidator(_optional_secret)] = Field(default=None, ge=0)

    partner_api_enabled: bool = True
    chat_api_auth: Literal["required", "open"] = "required"
    external_jwt_secret: OptionalSecret = None
    webhook_secret: OptionalSecret = None
    webhook_signing: Literal["per_key", "shared"] = "per_key"
    call_results_days: int = Field(default=30, ge=1, le=3650)
    partner_log_days: int = Field(default=90, ge=1, le=3650)
    ssrf_allow: HostPorts = ()

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"needs at least {MIN_SECRET_LENGTH} characters")
        return value

    @field_validator("line_channel_secret", "line_channel_access_token")
    @classmethod
    def _not_empty(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().strip():
            raise ValueError("is empty")
        return value

    @field_validator("database_url")
    @classmethod
    def _with_async_driver(cls, value: str) -> str:
        """Accept the URLs that hosting platforms hand out and name the driver that we use."""
        for given, ours in (
            ("postgres://", "postgresql+asyncpg://"),
            ("postgresql://", "postgresql+asyncpg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if value.startswith(given):
                return ours + value.removeprefix(given)
        if not value.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
            raise ValueError("must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
        return value

    @field_validator("public_base_url", "line_api_base_url", "line_data_api_base_url", "openai_base_url")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else value

    @model_validator(mode="after")
    def _open_only_here(self) -> Self:
        """Without credentials the chat API must not be reachable from anywhere else."""
        if self.chat_api_auth == "open" and not is_loopback(self.host):
            raise ValueError(
                "CHAT_API_AUTH=open needs HOST on loopback, such as 127.0.0.1: the API would be everybody's"
            )
        return self

    @model_validator(mode="after")
    def _shared_needs_a_secret(self) -> Self:
        """One secret for all receivers is one that the operator gave out, never one of our own making."""
        if self.webhook_signing == "shared" and self.webhook_secret is None:
            raise ValueError("WEBHOOK_SIGNING=shared needs WEBHOOK_SECRET: the secret that all receivers know")
        return self

    @property
    def base_url(self) -> str:
        """Where people and partners reach this server; falls back to the listening address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_base_url or f"http://{host}:{self.port}"

    @property
    def is_postgresql(self) -> bool:
        return self.database_url.startswith("postgresql")


HINTS = {
    "secret_key": "make one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`",
    "line_channel_secret": "copy it from the LINE Developers Console, Basic settings, Channel secret",
    "line_channel_access_token": "issue one in the LINE Developers Console, Messaging API, Channel access token",
}


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`.

    Raises ConfigurationError with one sentence per variable that is missing or wrong. Values never
    appear in it, since a wrong value may still be a secret.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentence(item) for item in error.errors())) from None


def _sentence(item: Any) -> str:
    if not item["loc"]:
        return str(item["msg"]).removeprefix("Value error, ")
    field = str(item["loc"][0])
    hint = f" To mend it: {HINTS[field]}." if field in HINTS else ""
    if item["type"] == "missing":
        return f"{field.upper()} is not set.{hint}"
    reason = str(item["msg"]).removeprefix("Value error, ")
    return f"{field.upper()} is not usable: {reason}.{hint}"
