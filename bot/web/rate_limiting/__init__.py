"""Rate limits: a log of each key's requests, in this process or in a Redis that processes share."""
