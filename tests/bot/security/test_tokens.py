import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.security.tokens import (
    CODE_ALPHABET,
    hash_token,
    hashes_match,
    normalise_code,
    random_code,
    random_token,
)

KEY = b"k" * 32


def full_width(code: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in code)


def test_a_token_carries_its_readable_prefix_and_256_bits() -> None:
    token = random_token("pk_provision_")
    assert token.startswith("pk_provision_")
    assert len(token.removeprefix("pk_provision_")) == 43
    assert token != random_token("pk_provision_")


@given(st.text())
def test_any_string_has_a_hash_that_matches_itself_alone(token: str) -> None:
    found = hash_token(KEY, token)
    assert len(found) == 64
    assert hashes_match(found, hash_token(KEY, token))
    assert not hashes_match(found, hash_token(KEY, token + "x"))
    assert not hashes_match(found, hash_token(b"other" * 8, token))


@given(st.text(st.characters(categories=["Cs", "Lo", "Ll"])))
def test_garbage_never_breaks_the_hash_or_the_comparison(text: str) -> None:
    assert len(hash_token(KEY, text)) == 64
    assert hashes_match(text, hash_token(KEY, "x")) is False


@pytest.mark.parametrize(("bits", "length"), [(50, 14), (60, 14), (61, 19), (128, 34)])
def test_a_code_has_whole_groups_with_at_least_the_bits_asked_for(bits: int, length: int) -> None:
    code = random_code(bits)
    assert len(code) == length
    assert set(code) <= set(CODE_ALPHABET + "-")


def test_a_code_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 50 bits"):
        random_code(49)


@pytest.mark.parametrize("spell", [str, str.lower, full_width, lambda c: c.replace("-", " "), lambda c: f" {c}\n"])
def test_a_code_is_understood_however_it_is_typed(spell: type[str]) -> None:
    code = random_code()
    assert normalise_code(spell(code)) == code


@pytest.mark.parametrize("dash", ["", "‐", "–", "—", "－", "ー", "−", "\u200b", "\u3000"])
def test_any_dash_or_none_separates_the_groups(dash: str) -> None:
    assert normalise_code(f"K7QM{dash}2XWP{dash}9RTD") == "K7QM-2XWP-9RTD"


@pytest.mark.parametrize("text", ["", "K7QM", "K7QM-2XWP-9RT", "K7QM-2XWP-9RT0", "K7QM-2XWP-9RTI", "A" * 4000, "店長"])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert normalise_code(text) is None


@given(st.text(max_size=100))
def test_normalising_any_text_gives_none_or_a_canonical_code(text: str) -> None:
    code = normalise_code(text)
    assert code is None or (normalise_code(code) == code and unicodedata.normalize("NFKC", code) == code)
