"""Requests to addresses that users give: the one sender that never reaches an inside network."""
