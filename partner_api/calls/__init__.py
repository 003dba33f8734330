"""Calls: what is accepted for analysis, and the analysis."""
