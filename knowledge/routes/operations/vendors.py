"""What the documentation says of vendors and their parameters."""

from __future__ import annotations

from bot.errors import BadRequest, Forbidden
from bot.web.openapi import Operation
from knowledge.errors import VendorCodeTaken, VendorNotFound
from knowledge.routes.operations import examples
from knowledge.schemas.vendors import (
    ConfigsBody,
    ConfigsQuery,
    ConfigsUpdatedView,
    ConfigView,
    DeactivatedView,
    NewVendorBody,
    StatsView,
    VendorChangeBody,
    VendorsQuery,
    VendorView,
)

TAG, PARAMETERS = "Vendors", "Parameters"
_NOT_FOUND = (VendorNotFound(),)

LIST = Operation(
    summary="List the vendors",
    tag=TAG,
    description="All that the credential opens, as a plain list.",
    query=VendorsQuery,
    answers={200: list[VendorView]},
    **examples("vendors.list"),
)
CREATE = Operation(
    summary="Create a vendor",
    tag=TAG,
    description="`code` is taken once in a tenant and stays. A key that is bound to a vendor can't make another.",
    body=NewVendorBody,
    answers={201: VendorView},
    errors=(
        VendorCodeTaken("VENDOR_C"),
        Forbidden("This credential is bound to one vendor and can't make another."),
    ),
    **examples("vendors.create"),
)
GET = Operation(
    summary="Get a vendor", tag=TAG, answers={200: VendorView}, errors=_NOT_FOUND, **examples("vendors.get")
)
CHANGE = Operation(
    summary="Change a vendor",
    tag=TAG,
    description="What isn't given stays. Null clears an optional field. `is_active` puts it out of service and back.",
    body=VendorChangeBody,
    answers={200: VendorView},
    errors=_NOT_FOUND,
    **examples("vendors.change"),
)
DEACTIVATE = Operation(
    summary="Put a vendor out of service",
    tag=TAG,
    description="Nothing is deleted: questions to it are 403 until `is_active` is set again.",
    answers={200: DeactivatedView},
    errors=_NOT_FOUND,
    **examples("vendors.deactivate"),
)
CONFIGS = Operation(
    summary="Get a vendor's parameters by category",
    tag=PARAMETERS,
    query=ConfigsQuery,
    answers={200: dict[str, list[ConfigView]]},
    errors=_NOT_FOUND,
    **examples("vendors.configs"),
)
PUT_CONFIGS = Operation(
    summary="Add and change parameters of a vendor",
    tag=PARAMETERS,
    description="All of them, or none where one can't be kept. What isn't given of one that exists stays. `data_type` "
    "is `string`, `number`, `money`, `date`, `phone` or `bool`; a value is checked by it.",
    body=ConfigsBody,
    answers={200: ConfigsUpdatedView},
    errors=(*_NOT_FOUND, BadRequest("configs.0.param_value (late_fee): ...")),
    **examples("vendors.put_configs"),
)
STATS = Operation(
    summary="Count a vendor's parameters and entries",
    tag=TAG,
    description="Entries that all vendors share aren't counted.",
    answers={200: StatsView},
    errors=_NOT_FOUND,
    **examples("vendors.stats"),
)
