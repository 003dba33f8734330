"""What a caller can act on."""
