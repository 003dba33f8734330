"""The platform: what every capability shares, and the one place that wires them together."""
