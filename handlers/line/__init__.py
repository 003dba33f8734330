"""The LINE runtime: webhooks in, conversations worked in order, answers out."""
