import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.security.box import BoxError, SecretBox, UnknownBoxKey

BOX = SecretBox("the current secret key")


@given(st.binary(), st.binary())
def test_what_was_sealed_opens_again(plain: bytes, context: bytes) -> None:
    assert BOX.open(BOX.seal(plain, context=context), context=context) == plain


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    box = bytearray(BOX.seal(b"channel token"))
    at = data.draw(st.integers(0, len(box) - 1))
    box[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BoxError):
        BOX.open(bytes(box))


@given(st.binary(max_size=60))
def test_garbage_is_a_named_error(garbage: bytes) -> None:
    with pytest.raises(BoxError):
        BOX.open(garbage)


def test_another_secret_key_is_named_as_the_cause() -> None:
    with pytest.raises(UnknownBoxKey, match="another SECRET_KEY"):
        SecretBox("some other secret key").open(BOX.seal(b"channel token"))


def test_a_box_made_for_one_place_does_not_open_in_another() -> None:
    with pytest.raises(BoxError, match="another place"):
        BOX.open(BOX.seal(b"token", context=b"channel 1"), context=b"channel 2")


def test_after_a_rotation_old_boxes_still_open_and_ask_to_be_sealed_again() -> None:
    old = BOX.seal(b"channel token")
    rotated = SecretBox("the next secret key", "the current secret key")
    assert rotated.open(old) == b"channel token"
    assert rotated.needs_rotation(old)
    assert not rotated.needs_rotation(rotated.seal(b"channel token"))


def test_the_same_secret_never_looks_the_same_twice() -> None:
    assert BOX.seal(b"channel token") != BOX.seal(b"channel token")
