"""Keys, tokens, signatures and encryption at rest. Everything here is pure: no I/O, no clock."""
