"""The capabilities that talk to people: each folder is one of them."""
