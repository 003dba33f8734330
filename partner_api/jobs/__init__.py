"""Jobs: their status, list and end."""
