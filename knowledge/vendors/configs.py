"""A vendor's parameters: shown by category, written all together or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import BadRequest
from bot.models import VendorParameter
from bot.tenancy.principal import Principal
from knowledge.parameters import InvalidValue, check, type_named
from knowledge.repository.changes import Action, Author
from knowledge.repository.parameters import NewParameter, begin_change, parameter_rows, write_parameters
from knowledge.repository.vendors import vendor_row
from knowledge.schemas.vendors import ConfigBody, ConfigsBody, ConfigView
from knowledge.vendors.changes import fields_of, record

MAX_PARAMETERS = 1000


@dataclass(frozen=True, slots=True)
class Configs:
    """The verbs on a vendor's parameters. Both raise VendorNotFound for one that the principal may not see."""

    database: Database
    clock: Clock

    async def by_category(
        self, principal: Principal, vendor_id: int, *, category: str | None = None
    ) -> dict[str, list[ConfigView]]:
        """All parameters, or those of one category, in the order in which they were made."""
        async with self.database.reading() as session:
            await vendor_row(session, principal, vendor_id)
            rows = await parameter_rows(session, principal, vendor_id, category=category)
        found: dict[str, list[ConfigView]] = {}
        for row in rows:
            found.setdefault(row.category, []).append(ConfigView.of(row))
        return found

    async def put(self, principal: Principal, vendor_id: int, wanted: ConfigsBody) -> int:
        """Add or change every parameter of the batch, and return how many these are.

        Raises BadRequest that names the first which can't be kept; then nothing is changed.
        """
        now = self.clock.now()
        async with self.database.unit_of_work() as session:
            vendor = await begin_change(session, principal, vendor_id)
            rows = {row.param_key: row for row in await parameter_rows(session, principal, vendor_id)}
            before = {key: fields_of(row) for key, row in rows.items()}
            new = [_checked(at, item, rows) for at, item in enumerate(wanted.configs)]
            write_parameters(session, vendor, new, rows=rows, now=now)
            if len(rows) > MAX_PARAMETERS:
                raise BadRequest(f"A vendor has at most {MAX_PARAMETERS:,} parameters.")
            await session.flush()
            author = Author(principal, wanted.updated_by)
            for item in new:
                action = Action.UPDATED if item.key in before else Action.CREATED
                await record(session, rows[item.key], author, before=before.get(item.key), now=now, action=action)
        return len(new)


def _checked(at: int, item: ConfigBody, rows: Mapping[str, VendorParameter]) -> NewParameter:
    """The whole parameter as it is to be stored: what isn't given of one that exists stays."""
    row = rows.get(item.param_key)
    values = item.model_dump(exclude={"category", "param_key", "param_value"})
    if row is not None:
        values = {
            name: value if name in item.model_fields_set else getattr(row, name) for name, value in values.items()
        }
    field = "data_type"
    try:
        data_type = type_named(values.pop(field))
        field = "param_value"
        value = check(item.param_value, data_type, values["unit"])
    except InvalidValue as error:
        raise BadRequest(f"configs.{at}.{field} ({item.param_key}): {error}.") from None
    return NewParameter(item.category, item.param_key, value, data_type, **values)
