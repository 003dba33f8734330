"""What a check can find: stable codes for machines, sentences in both languages for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.texts import Language, say


class Level(StrEnum):
    """`unknown` is what LINE or this place can't tell: somebody has to look there."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    PROBLEM = "problem"


_OK, _UNKNOWN, _WARNING, _PROBLEM = Level.OK, Level.UNKNOWN, Level.WARNING, Level.PROBLEM

# Each code, with the check that it is an end of and how bad it is.
CODES: Mapping[str, tuple[str, Level]] = {
    # The installation
    "settings_complete": ("settings", _OK),
    "settings_unusable": ("settings", _PROBLEM),
    "database_ready": ("database", _OK),
    "database_unreachable": ("database", _PROBLEM),
    "database_outdated": ("database", _PROBLEM),
    "redis_ready": ("redis", _OK),
    "redis_unreachable": ("redis", _PROBLEM),
    "channels_answering": ("own_channels", _OK),
    "channels_refused": ("own_channels", _PROBLEM),
    # A channel: who it is
    "secrets_readable": ("secrets", _OK),
    "secrets_unreadable": ("secrets", _PROBLEM),
    "settings_not_in_use": ("secrets", _WARNING),
    "rotation_unfinished": ("secrets", _WARNING),
    "rotation_in_settings": ("secrets", _WARNING),
    "token_accepted": ("token", _OK),
    "token_refused": ("token", _PROBLEM),
    "line_unreachable": ("token", _PROBLEM),
    "account_matches": ("account", _OK),
    "account_differs": ("account", _PROBLEM),
    "account_taken": ("account", _PROBLEM),
    # Its webhook
    "url_matches": ("webhook_url", _OK),
    "url_insecure": ("webhook_url", _WARNING),
    "url_too_long": ("webhook_url", _PROBLEM),
    "url_missing": ("webhook_url", _PROBLEM),
    "url_elsewhere": ("webhook_url", _PROBLEM),
    "url_untold": ("webhook_url", _UNKNOWN),
    "webhook_on": ("webhook_use", _OK),
    "webhook_off": ("webhook_use", _PROBLEM),
    "test_passed": ("self_test", _OK),
    "test_wrong_secret": ("self_test", _PROBLEM),
    "test_outdated_secret": ("self_test", _PROBLEM),
    "test_refused_before_us": ("self_test", _PROBLEM),
    "test_wrong_destination": ("self_test", _PROBLEM),
    "test_not_found": ("self_test", _PROBLEM),
    "test_redirected": ("self_test", _PROBLEM),
    "test_server_error": ("self_test", _PROBLEM),
    "test_status": ("self_test", _PROBLEM),
    "test_timeout": ("self_test", _PROBLEM),
    "test_no_connection": ("self_test", _PROBLEM),
    "test_unclassified": ("self_test", _PROBLEM),
    "test_untold": ("self_test", _UNKNOWN),
    "redelivery_seen": ("redelivery", _OK),
    "redelivery_untold": ("redelivery", _UNKNOWN),
    "chat_on": ("auto_reply", _WARNING),
    "auto_reply_untold": ("auto_reply", _UNKNOWN),
    # How it fares
    "answers_in_time": ("answer_times", _OK),
    "answers_late": ("answer_times", _WARNING),
    "answers_untold": ("answer_times", _UNKNOWN),
    "quota_left": ("quota", _OK),
    "quota_unlimited": ("quota", _OK),
    "quota_low": ("quota", _WARNING),
    "quota_used_up": ("quota", _PROBLEM),
    "quota_untold": ("quota", _UNKNOWN),
    "events_fine": ("events", _OK),
    "events_failed": ("events", _WARNING),
    "events_stuck": ("events", _PROBLEM),
    "check_timed_out": ("time", _PROBLEM),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's end. `values` fill the sentences; none of them is a secret."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def check(self) -> str:
        return CODES[self.code][0]

    @property
    def level(self) -> Level:
        return CODES[self.code][1]

    def detail(self, language: Language) -> str:
        """What was found, in one sentence."""
        return say(f"doctor.{self.code}", language, **self.values)

    def mend(self, language: Language) -> str:
        """What to do about it, where there is something to do."""
        return "" if self.level is Level.OK else say(f"doctor.{self.code}_mend", language, **self.values)


def found(code: str, **values: object) -> Finding:
    """A finding by its code."""
    return Finding(code, values)


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Whether none of them is a problem."""
    return all(finding.level is not Level.PROBLEM for finding in findings)
