"""HTTP: surfaces, the edge that every request passes, request bodies, idempotency, health, the server."""
