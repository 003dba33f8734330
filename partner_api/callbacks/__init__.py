"""Deliveries of callbacks, endpoints and signing secrets, as partners see them."""
