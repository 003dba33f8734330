"""What can be wrong with a question before it is answered."""

from __future__ import annotations

from bot.errors import Forbidden, NotFound


class VendorNotFound(NotFound):
    """There is no such vendor, or the principal may not see it: which of the two isn't told."""

    code = "vendor_not_found"

    def __init__(self, vendor_id: int | None = None) -> None:
        super().__init__("業者不存在" if vendor_id is None else f"業者不存在: {vendor_id}")


class VendorInactive(Forbidden):
    code = "vendor_inactive"

    def __init__(self, vendor_id: int) -> None:
        super().__init__(f"業者未啟用: {vendor_id}")


class EntryNotFound(NotFound):
    code = "entry_not_found"
    message = "There is no such knowledge entry."


class SharedIsReadOnly(Forbidden):
    """What all vendors of a tenant share is not one vendor's to change."""

    code = "shared_is_read_only"
    message = "This credential is bound to one vendor and can't change what all vendors share."
