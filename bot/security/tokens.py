"""Random tokens and codes, and the keyed hashes by which alone they are stored."""

from __future__ import annotations

import hmac
import math
import secrets
import unicodedata

TOKEN_BYTES = 32
# Without 0, 1, I and O: what is left can't be mistaken for another when read aloud or copied.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
BITS_PER_CHARACTER = 5
CODE_GROUP = 4
MIN_CODE_BITS = 50
MAX_TYPED_CODE = 80
# A minus sign and a Japanese long-vowel mark look like the dash that separates groups.
_DASH_LIKE = "\u2212\u30fc"


def random_token(prefix: str) -> str:
    """`prefix` and 256 random bits in URL-safe base64, such as `pk_provision_9f...`."""
    return f"{prefix}{secrets.token_urlsafe(TOKEN_BYTES)}"


def hash_token(key: bytes, token: str) -> str:
    """The keyed hash of `token`: HMAC-SHA256 as 64 hex characters. Any string is accepted."""
    # HTTP headers that aren't UTF-8 arrive with lone surrogates in them.
    return hmac.digest(key, token.encode("utf-8", "surrogatepass"), "sha256").hex()


def hashes_match(left: str, right: str) -> bool:
    """Compare two hex hashes in constant time. Strings that aren't ASCII match nothing."""
    return left.isascii() and right.isascii() and hmac.compare_digest(left, right)


def random_characters(count: int) -> str:
    """`count` random characters of the unambiguous alphabet, 5 bits each."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(count))


def random_code(bits: int = MIN_CODE_BITS) -> str:
    """A code for people with at least `bits` random bits, in whole groups: `K7QM-2XWP-9RTD`.

    Raises ValueError for fewer than 50 bits, which could be guessed.
    """
    if bits < MIN_CODE_BITS:
        raise ValueError(f"a code needs at least {MIN_CODE_BITS} bits")
    groups = math.ceil(bits / (BITS_PER_CHARACTER * CODE_GROUP))
    return _grouped(random_characters(groups * CODE_GROUP))


def normalise_code(text: str) -> str | None:
    """The canonical form of a typed code, or None where `text` can't be one.

    Full-width and lower-case letters, spaces, invisible characters and any kind of dash are
    accepted. The result is grouped as `random_code` writes it, in whole groups of at least 50 bits.
    """
    if len(text) > MAX_TYPED_CODE:
        return None
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if not _is_separator(c)).upper()
    whole = len(plain) % CODE_GROUP == 0 and len(plain) * BITS_PER_CHARACTER >= MIN_CODE_BITS
    return _grouped(plain) if whole and all(c in CODE_ALPHABET for c in plain) else None


def _is_separator(character: str) -> bool:
    return character.isspace() or character in _DASH_LIKE or unicodedata.category(character) in ("Pd", "Cf")


def _grouped(characters: str) -> str:
    return "-".join(characters[at : at + CODE_GROUP] for at in range(0, len(characters), CODE_GROUP))
