"""Bytes → rows of text with their row numbers, one module per container."""
