"""Active Directory: connections that are always encrypted and verified, and what is asked and done through them."""
