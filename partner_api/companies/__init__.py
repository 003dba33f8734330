"""A partner's companies and their agents."""
