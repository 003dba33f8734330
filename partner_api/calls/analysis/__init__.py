"""The analysis of a call: what was said, how, and how well, each figure with its source."""
