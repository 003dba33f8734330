from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.errors import ConfigurationError
from bot.settings import Settings, load_settings
from tests.support.settings import MakeSettings

ROOT = Path(__file__).parents[2]
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
SECRETS = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
REQUIRED = ["secret_key", "line_channel_secret", "line_channel_access_token"]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment, and a folder, that set nothing."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_names_every_setting_and_no_other() -> None:
    assert {name.lower() for name in EXAMPLE} == set(Settings.model_fields)


def test_the_example_gives_no_secret_a_value() -> None:
    assert {name: EXAMPLE[name.upper()] for name in SECRETS} == dict.fromkeys(SECRETS, "")


def test_no_secret_has_a_default() -> None:
    fields = {name: Settings.model_fields[name] for name in SECRETS}
    assert [name for name, field in fields.items() if not field.is_required() and field.default is not None] == []


@pytest.mark.usefixtures("bare")
def test_the_example_shows_the_defaults() -> None:
    shown = {name.lower(): value for name, value in EXAMPLE.items() if value}
    required = dict.fromkeys(REQUIRED, "x" * 16)
    assert Settings.model_validate(shown | required) == Settings.model_validate(required)


def test_the_example_explains_every_setting() -> None:
    explained = re.findall(r"^# .+\n(?:[A-Z_]+=.*\n)+", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sum(block.count("\n") - 1 for block in explained) == len(EXAMPLE)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_secret_stops_the_start_with_a_sentence_that_names_it(name: str) -> None:
    others = {other: "x" * 16 for other in REQUIRED if other != name}
    with pytest.raises(ConfigurationError, match=rf"^{name.upper()} is not set\. To mend it: "):
        load_settings(**others)


@pytest.mark.usefixtures("bare")
def test_a_wrong_value_is_never_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(secret_key="hunter2", database_url="mysql://root:hunter2@db/x", port="hunter2")
    assert "hunter2" not in str(caught.value)
    assert {"SECRET_KEY", "DATABASE_URL", "PORT"} <= set(re.findall(r"[A-Z_]{4,}", str(caught.value)))


@pytest.mark.usefixtures("bare")
def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        monkeypatch.setenv(name.upper(), "from the environment")
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    found = load_settings()
    assert found.secret_key.get_secret_value() == "from the environment"
    assert found.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg://u@h/d"),
    ],
)
def test_urls_as_hosting_platforms_hand_them_out_are_understood(settings: MakeSettings, given: str, ours: str) -> None:
    assert settings(database_url=given).database_url == ours


@pytest.mark.parametrize(
    ("given", "seconds"), [("24h", 86400), ("30m", 1800), ("45s", 45), ("7d", 604800), ("90", 90), ("0", 0)]
)
def test_durations_are_written_as_people_say_them(settings: MakeSettings, given: str, seconds: int) -> None:
    assert settings(bare_claim_window=given).bare_claim_window == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("given", "pairs"),
    [("", ()), ("localhost:9000, [::1]:9000,", ("localhost:9000", "[::1]:9000")), ("Shop.test:80", ("shop.test:80",))],
)
def test_addresses_that_are_let_through_are_pairs(settings: MakeSettings, given: str, pairs: tuple[str, ...]) -> None:
    assert settings(ssrf_allow=given).ssrf_allow == pairs


@pytest.mark.parametrize("given", ["localhost", "10.0.0.0/8", "*:80", "h:0", "h:65536", "http://h:80", "h:80 g:80"])
def test_anything_else_is_not_let_through(settings: MakeSettings, given: str) -> None:
    with pytest.raises(ValidationError, match="must be pairs of host:port"):
        settings(ssrf_allow=given)


@pytest.mark.parametrize("name", [name for name in SECRETS if name not in REQUIRED])
def test_an_empty_optional_secret_is_one_that_is_not_set(settings: MakeSettings, name: str) -> None:
    assert getattr(settings(**{name: ""}), name) is None


@pytest.mark.parametrize("url", ["ftp://bots.example.com", "bots.example.com", "javascript:alert(1)"])
def test_an_address_that_is_no_web_address_is_refused(settings: MakeSettings, url: str) -> None:
    with pytest.raises(ValidationError, match="must begin with http"):
        settings(public_base_url=url)


def test_secrets_are_not_shown_when_settings_are_printed(settings: MakeSettings) -> None:
    made = settings()
    hidden = [getattr(made, name) for name in SECRETS if getattr(made, name) is not None]
    assert all(isinstance(secret, SecretStr) and secret.get_secret_value() not in repr(made) for secret in hidden)


def test_settings_can_not_be_changed_once_loaded(settings: MakeSettings) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings().port = 1  # type: ignore[misc]  # that this is wrong is what the test shows


@pytest.mark.parametrize(
    ("changes", "base_url"),
    [
        ({"public_base_url": "https://bots.example.com/"}, "https://bots.example.com"),
        ({"host": "::1", "port": 9000}, "http://[::1]:9000"),
        ({}, "http://127.0.0.1:8000"),
    ],
)
def test_the_base_url_is_the_public_one_or_the_listening_address(
    settings: MakeSettings, changes: dict[str, object], base_url: str
) -> None:
    assert settings(**changes).base_url == base_url
