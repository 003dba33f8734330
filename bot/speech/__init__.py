"""Speech to text behind a port: an adapter for OpenAI's API, and one for Whisper on this machine."""
