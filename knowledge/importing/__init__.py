"""Knowledge from files and web pages, and back into files."""
