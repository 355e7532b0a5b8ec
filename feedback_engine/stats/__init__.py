"""Arrays in, numbers out: formulas that know no table and no config."""
