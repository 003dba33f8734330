"""Numbers as people write them in Taiwan: digits, Chinese numerals, mixtures, with their units.

`parse` reads a text that is one number; `find` finds the quantities in running text. Values are exact
(`Decimal`). Pure.
"""

from knowledge.numerals.finding import Quantity, find, narrow
from knowledge.numerals.reading import parse
from knowledge.numerals.units import Dimension, comparable, dimension_of, factor_of, same_amount, same_unit

__all__ = [
    "Dimension",
    "Quantity",
    "comparable",
    "dimension_of",
    "factor_of",
    "find",
    "narrow",
    "parse",
    "same_amount",
    "same_unit",
]
