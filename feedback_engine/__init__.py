"""Customer feedback → satisfaction index scores per touchpoint: offline, reproducible, explained."""
