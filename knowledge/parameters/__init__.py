"""A vendor's values: typed, checked, written as people in Taiwan write them, and put into texts. Pure.

`{{key}}` is substituted exactly once: a value that holds `{{other}}` or any other template syntax is
shown as it is, never looked at again.
"""

from knowledge.parameters.checking import InvalidValue, check, type_named
from knowledge.parameters.filling import (
    PLACEHOLDER,
    Filled,
    Replacement,
    Replacing,
    fill,
    is_latin,
    keys_in,
    without_placeholders,
)
from knowledge.parameters.model import Parameter, Parameters, ParameterType
from knowledge.parameters.writing import in_english, written

__all__ = [
    "PLACEHOLDER",
    "Filled",
    "InvalidValue",
    "Parameter",
    "ParameterType",
    "Parameters",
    "Replacement",
    "Replacing",
    "check",
    "fill",
    "in_english",
    "is_latin",
    "keys_in",
    "type_named",
    "without_placeholders",
    "written",
]
