"""Every statement about callbacks: their endpoints, their deliveries, and each attempt of those."""
