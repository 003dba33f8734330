"""What a customer wants: intents learned from a handful of examples each."""
