"""Work that must happen: lanes claimed under a lease and a fence, and the runner that works them.

A lane is one ordered stream of rows, such as the events of one conversation. The rows decide what
is to be done; a wake-up only says where to look, so a lost one delays and never loses.
"""
