"""What a vendor's values look like in a text, for whoever sets them up; and reading everything anew."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.engine import Database
from bot.models import Vendor
from bot.tenancy.principal import Principal
from bot.texts import say
from knowledge.parameters import Parameter, Parameters, fill, keys_in
from knowledge.repository.parameters import parameters_of
from knowledge.repository.vendors import bump, vendor_row
from knowledge.schemas.chat import TestedParameter, TestedTemplate, TestedVendor, VendorTestView

RELOAD_EVERY = timedelta(seconds=5)
MOST_CALLERS = 10_000


async def preview(database: Database, principal: Principal, vendor_id: int) -> VendorTestView:
    """The vendor with its active parameters, and a template filled with them. Raises VendorNotFound."""
    async with database.reading() as session:
        row = await vendor_row(session, principal, vendor_id)
        parameters = {item.key: item for item in await parameters_of(session, principal, vendor_id)}
    shown = {
        key: TestedParameter(item.value, item.type.value, item.unit, item.display_name, item.description)
        for key, item in parameters.items()
    }
    return VendorTestView(_vendor(row), len(shown), shown, filled(say("api.test_template"), parameters))


def filled(template: str, parameters: Parameters) -> TestedTemplate:
    """`template` with the values in it. A placeholder without a value stays, for the reader to see."""
    missing = {key for key in keys_in(template) if key not in parameters or not parameters[key].value.strip()}
    standing = {key: Parameter(key, "{{" + key + "}}") for key in missing}
    return TestedTemplate(template, fill(template, {**parameters, **standing}).text, sorted(missing))


@dataclass(slots=True)
class Reload:
    """Has every process read the caller's vendors anew, at most once every few seconds.

    Versions in the store tell the processes, and each change raises them by itself; this is for what
    was changed behind the API's back. The limit is each process' own.
    """

    database: Database
    clock: Clock
    _reloaded: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    async def __call__(self, principal: Principal) -> bool:
        """Whether anything was done: False where the caller did the same just now."""
        now = self.clock.now()
        before = self._reloaded.get(principal.label)
        if before is not None and now - before < RELOAD_EVERY:
            return False
        self._reloaded[principal.label] = now
        self._reloaded.move_to_end(principal.label)
        if len(self._reloaded) > MOST_CALLERS:
            self._reloaded.popitem(last=False)
        async with self.database.unit_of_work() as session:
            await bump(session, principal)
        return True


def _vendor(row: Vendor) -> TestedVendor:
    return TestedVendor(**{name: getattr(row, name) for name in TestedVendor.__struct_fields__})
