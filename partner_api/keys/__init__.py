"""Keys to the Partner API: made, verified, rolled, revoked."""
