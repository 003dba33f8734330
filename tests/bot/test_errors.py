from __future__ import annotations

import pytest

from bot import errors
from bot.errors import PlatformError

CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PlatformError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_what_it_is_without_being_told(kind: type[PlatformError]) -> None:
    error = kind()
    assert (str(error), error.message, error.retry_after) == (kind.message, kind.message, None)
    assert 400 <= error.status <= 599


def test_a_code_stands_for_one_error_alone() -> None:
    codes = [kind.code for kind in CLASSES]
    assert len(codes) == len(set(codes))


def test_an_error_can_say_more_and_when_to_come_back() -> None:
    error = errors.TooManyRequests("Five tries an hour.", retry_after=60)
    assert (error.message, error.retry_after, errors.TooManyRequests.message) == (
        "Five tries an hour.",
        60,
        "Too many requests.",
    )


def test_a_configuration_error_is_for_the_operator_and_never_for_a_caller() -> None:
    assert not issubclass(errors.ConfigurationError, PlatformError)
