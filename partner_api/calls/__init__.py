"""Calls: accepted for analysis, analysed, and told of."""
