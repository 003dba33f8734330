import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.errors import Unauthenticated
from partner_api.caller import Environment
from partner_api.keys.errors import InvalidKey, MissingKey, MissingSecret
from partner_api.keys.verifying import Credentials, KeyHashes, credentials, verify
from tests.support.partners import api_on, make_key
from tests.support.settings import MakeSettings


@pytest.mark.parametrize("environment", Environment)
async def test_a_key_and_its_secret_say_who_calls(
    database: Database, settings: MakeSettings, clock: ManualClock, environment: Environment
) -> None:
    api = api_on(database, settings(), clock)
    made = await make_key(api, environment=environment)
    given = Credentials(made.issued.api_key, made.issued.api_secret)
    async with database.reading() as session:
        found = await verify(session, given, KeyHashes(api.secret_key), clock=clock)
    assert found.caller == made.caller
    assert found.caller.principal.environment == environment
    assert made.issued.api_key.startswith(f"pk_{environment}_")
    assert made.issued.api_secret.startswith("sk_")


async def test_a_wrong_secret_and_an_unknown_key_are_the_same(
    sqlite_database: Database, settings: MakeSettings, clock: ManualClock
) -> None:
    api = api_on(sqlite_database, settings(), clock)
    made, other = await make_key(api), await make_key(api)
    right = made.issued
    for key, secret in [
        (right.api_key, other.issued.api_secret),
        (f"{right.api_key}x", right.api_secret),
        (right.api_secret, right.api_secret),
        (right.api_key, right.api_key),
        ("pk_provision_x", right.api_secret),
        (right.api_key, "x" * 300),
        (right.api_key, "\udcff"),
    ]:
        async with sqlite_database.reading() as session:
            with pytest.raises(InvalidKey):
                await verify(session, Credentials(key, secret), KeyHashes(api.secret_key), clock=clock)


@pytest.mark.parametrize(
    ("authorization", "secrets", "error"),
    [
        ([], ["sk_x"], MissingKey),
        (["Bearer pk_x", "Bearer pk_y"], ["sk_x"], MissingKey),
        (["Bearer pk_x", "Bearer pk_x"], ["sk_x"], MissingKey),
        (["Basic pk_x"], ["sk_x"], MissingKey),
        (["Bearer "], ["sk_x"], MissingKey),
        (["pk_x"], ["sk_x"], MissingKey),
        (["Bearer pk_x"], [], MissingSecret),
        (["Bearer pk_x"], [""], MissingSecret),
        (["Bearer pk_x"], ["sk_x", "sk_x"], MissingSecret),
    ],
)
def test_one_key_and_one_secret_are_needed(
    authorization: list[str], secrets: list[str], error: type[Unauthenticated]
) -> None:
    with pytest.raises(error):
        credentials(authorization, secrets)


def test_the_scheme_is_read_in_either_case() -> None:
    assert credentials(["bearer  pk_x "], [" sk_x"]) == Credentials("pk_x", "sk_x")
