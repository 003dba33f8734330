"""How to reach a vendor, as parameters: what its record says counts like a value of its own. Pure."""

from __future__ import annotations

from bot.texts import say
from knowledge.entries import VendorCard
from knowledge.parameters import Parameter, Parameters, ParameterType

_FIELDS = (
    ("contact_phone", ParameterType.PHONE),
    ("contact_email", ParameterType.TEXT),
    ("address", ParameterType.TEXT),
)
CONTACT_KEYS = frozenset(key for key, _ in _FIELDS)


def with_contact(vendor: VendorCard, parameters: Parameters) -> dict[str, Parameter]:
    """`parameters`, and `contact_phone`, `contact_email` and `address` of the vendor's record beside them.

    A parameter of the vendor's own is more deliberate: one of the same key, of the same name, or any
    phone number, takes the place of the record's.
    """
    held = dict(parameters)
    names = " ".join(item.display_name or "" for item in parameters.values())
    has_phone = any(item.kind is ParameterType.PHONE for item in parameters.values())
    for key, kind in _FIELDS:
        value, name = (getattr(vendor, key) or "").strip(), say(f"answer.{key}")
        if value and key not in held and name not in names and not (kind is ParameterType.PHONE and has_phone):
            held[key] = Parameter(key, value, kind, display_name=name)
    return held
