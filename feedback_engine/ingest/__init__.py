"""Bytes → feedback, ratings, cases and rejects."""
