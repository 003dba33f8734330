"""LINE: events in, messages out, the client of the Messaging API, and a simulator of the platform."""
