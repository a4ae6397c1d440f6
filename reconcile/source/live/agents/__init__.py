"""Devices, live: each asked for its own word, many at once, and what it says kept as soon as it is said."""
