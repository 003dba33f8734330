"""The owner (店長) of a bot: a LINE user, keyed (channel, user id)."""

from bot.tenancy.owners.claims import (
    Claim,
    Claimant,
    ClaimOutcome,
    claim_bare,
    claim_by_code,
    release,
)
from bot.tenancy.owners.repository import bots_owned_by

__all__ = ["Claim", "ClaimOutcome", "Claimant", "bots_owned_by", "claim_bare", "claim_by_code", "release"]
