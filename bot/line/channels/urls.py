"""Where LINE sends a channel's webhooks."""

from __future__ import annotations

import uuid

LONGEST_URL = 500


def webhook_url(base_url: str, channel_id: uuid.UUID | None) -> str:
    """The webhook URL of a vendor's own channel, of the central one for None, at a server's `base_url`."""
    path = "/line/webhook" if channel_id is None else f"/line/webhook/{channel_id}"
    return f"{base_url}{path}"
