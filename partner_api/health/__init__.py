"""The health check: what a caller can act on."""
