"""Figures and texts → a Report, and a Report → files."""
