"""Ratings and annotations → index."""
