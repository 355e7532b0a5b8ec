"""Lexicons and industry packs: their files, their model, their matcher."""
