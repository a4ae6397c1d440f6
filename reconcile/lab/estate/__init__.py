"""An invented company: its tenant, its domain, and the machines that both know."""
