"""The company's Windows machines: what each is, how it answers the scripts that are sent to it, and what restarts do to it."""
