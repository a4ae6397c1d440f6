"""What every way to a device has in common: what a script is given, and what became of it."""
