import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.db.engine import Database
from bot.db.outages import is_outage


class Refused(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize("sqlstate", ["57P01", "57P03", "08006", "53300", "25P04", "40P01"])
def test_a_store_that_stops_starts_is_full_or_entangled_is_away(sqlstate: str) -> None:
    assert is_outage(DBAPIError("SELECT 1", {}, Refused(sqlstate)))


@pytest.mark.parametrize(
    "error",
    [
        DBAPIError("SELECT 1", {}, Refused("22021")),
        DBAPIError("SELECT 1", {}, Refused(None)),
        IntegrityError("SELECT 1", {}, Refused("23505")),
        ValueError(),
    ],
)
def test_a_wrong_statement_is_no_outage(error: Exception) -> None:
    assert not is_outage(error)


@pytest.mark.parametrize("error", [OperationalError("SELECT 1", {}, Exception()), ConnectionRefusedError()])
def test_what_can_not_be_reached_is_away(error: Exception) -> None:
    assert is_outage(error)


async def test_what_postgresql_says_when_it_ends_a_session_is_recognised(postgresql_database: Database) -> None:
    with pytest.raises(DBAPIError) as ended:
        async with postgresql_database.reading() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_outage(ended.value)
