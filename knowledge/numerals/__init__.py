"""Numbers as people write them in Taiwan: digits, Chinese numerals, mixtures, with their units.

`parse` reads a text that is one number; `find` finds the quantities in running text. Values are exact
(`Decimal`). Pure.
"""

from knowledge.numerals.finding import Quantity, find
from knowledge.numerals.reading import parse
from knowledge.numerals.units import Dimension, dimension_of, same_amount, same_unit

__all__ = ["Dimension", "Quantity", "dimension_of", "find", "parse", "same_amount", "same_unit"]
