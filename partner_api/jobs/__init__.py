"""Jobs: what became of them, what is told of them, and how long their results are kept."""
