"""The people of a bot, keyed (channel, user id): its owner (店長) and their helpers (店員)."""

from bot.tenancy.owners.claims import claim_bare, claim_by_code, end_ownership, release
from bot.tenancy.owners.helpers import MOST_HELPERS, dismiss_helper
from bot.tenancy.owners.outcomes import Claim, Claimant, ClaimOutcome, Released
from bot.tenancy.owners.repository import bots_owned_by, helpers_of

__all__ = [
    "MOST_HELPERS",
    "Claim",
    "ClaimOutcome",
    "Claimant",
    "Released",
    "bots_owned_by",
    "claim_bare",
    "claim_by_code",
    "dismiss_helper",
    "end_ownership",
    "helpers_of",
    "release",
]
