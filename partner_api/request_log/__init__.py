"""The log of requests: a row for each, refused ones included, written off the request's way."""
