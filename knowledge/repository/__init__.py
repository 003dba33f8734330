"""The chat engine's statements to the store.

All of them are narrowed to what the principal may see. What is read for a vendor is narrowed to the
vendor's own tenant besides, so that not even the platform's own principal mixes two tenants' entries.
Writes to what answers are made of raise the version of every vendor that they concern, in the same
transaction.
"""

from knowledge.repository.entries import NewEntry, add_entry, customise, knowledge_of, store_vectors
from knowledge.repository.parameters import NewParameter, put_parameters
from knowledge.repository.vendors import NewVendor, add_vendor, vendor_card, vendor_id_of

__all__ = [
    "NewEntry",
    "NewParameter",
    "NewVendor",
    "add_entry",
    "add_vendor",
    "customise",
    "knowledge_of",
    "put_parameters",
    "store_vectors",
    "vendor_card",
    "vendor_id_of",
]
