"""Bots after provisioning: read, changed, paused, given up."""
