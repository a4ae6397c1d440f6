"""Microsoft Graph as the lab has it: a tenant, its routes, and what goes wrong."""
