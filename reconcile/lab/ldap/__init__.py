"""A domain controller's LDAP as the lab speaks it, written by hand: it shares nothing with the client."""
