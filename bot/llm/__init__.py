"""Language models behind a port: an OpenAI-compatible adapter, and a deterministic in-process twin."""
