"""Entra ID, live: a full pull or what changed since, each proven by Graph's own count."""
