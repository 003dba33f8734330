"""The stores: engine, declarative base, units of work. SQLite is embedded; PostgreSQL is for more."""
