"""Companies and their agents."""
