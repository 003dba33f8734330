"""What was asked of the Partner API: the log of requests, and what it adds up to."""
