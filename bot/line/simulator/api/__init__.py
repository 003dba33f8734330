"""The Messaging API as LINE answers it, without HTTP: a request in, an answer out."""
