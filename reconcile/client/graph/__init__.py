"""Microsoft Graph: the session, its rights, and what is asked and done through it."""
