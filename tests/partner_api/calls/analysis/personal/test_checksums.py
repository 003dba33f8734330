"""Check digits, by numbers that are published as examples."""

from __future__ import annotations

import pytest

from partner_api.calls.analysis.personal.checksums import is_card, is_iban, is_israeli_id, is_taiwanese_id


@pytest.mark.parametrize("number", ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"])
def test_test_cards_of_the_networks_are_cards(number: str) -> None:
    assert is_card(number)
    assert not is_card(f"{number[:-1]}{(int(number[-1]) + 1) % 10}")


@pytest.mark.parametrize("number", ["A123456789", "a123456789", "A800000014", "AC01234567"])
def test_ids_of_taiwan(number: str) -> None:
    assert is_taiwanese_id(number)


@pytest.mark.parametrize("number", ["A123456788", "A323456789", "1123456789", "A12345678"])
def test_what_is_no_id_of_taiwan(number: str) -> None:
    assert not is_taiwanese_id(number)


def test_ids_of_israel() -> None:
    assert is_israeli_id("123456782")
    assert not is_israeli_id("123456789")
    assert not is_israeli_id("000000000")


def test_ibans() -> None:
    assert is_iban("IL620108000000099999999")
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB83WEST12345698765432")
