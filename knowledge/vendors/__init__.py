"""The verbs on vendors and their parameters, each in a transaction of its own."""

from knowledge.vendors.configs import Configs
from knowledge.vendors.service import Vendors

__all__ = ["Configs", "Vendors"]
