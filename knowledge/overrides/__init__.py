"""Values win over text: a shared entry that states its own figure gets the vendor's. Pure.

A figure belongs to a parameter when unit and kind agree and its clause speaks of what the parameter
is named for. Surely so: the value is put in. Surely not: the figure stays. In between, the sentence
is left out, because a wrong figure costs a customer more than a missing sentence.
"""

from knowledge.overrides.asking import asked_for
from knowledge.overrides.matching import Match
from knowledge.overrides.replacing import with_vendor_values

__all__ = ["Match", "asked_for", "with_vendor_values"]
