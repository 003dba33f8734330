"""Provisioning: one call makes a bot with its vendor and the code that its owner claims it by."""
