from bot.security.keys import KEY_BYTES, Purpose, derive_key


def test_each_purpose_and_each_secret_has_its_own_key() -> None:
    keys = {derive_key(secret, purpose) for secret in ("a" * 16, "b" * 16) for purpose in Purpose}
    assert len(keys) == 2 * len(Purpose)
    assert {len(key) for key in keys} == {KEY_BYTES}


def test_a_key_stays_the_same_for_ever() -> None:
    derived = derive_key("correct horse battery staple", Purpose.CLAIM_CODE)
    assert derived.hex() == "96788f9b9ff2d2268d6ad7b81a182b6ed5d7489ee23c5e549372489d574e85f9"
