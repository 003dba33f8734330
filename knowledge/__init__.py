"""The chat engine: a vendor's customer asks, and gets this vendor's value from this vendor's knowledge.

`knowledge.engine` tells the story of an answer from top to bottom: retrieve the entries that fit, put
this vendor's values into them, compose, check that every figure has a source, answer, or say honestly
that it isn't known. Retrieval works in memory per vendor (`knowledge.retrieval`); values and grounding
(`parameters`, `numerals`, `grounding`) are pure; every statement to the store is in `repository`.
"""
