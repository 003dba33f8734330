"""Which entries fit a question: sentence vectors and character n-grams, fused by field, per vendor."""
