"""Deliveries of callbacks: attempts, what follows each, and the endpoints' health."""
