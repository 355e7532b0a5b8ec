"""Every table that travels between stages or into the store, declared once."""
