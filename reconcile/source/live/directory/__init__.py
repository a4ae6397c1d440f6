"""Active Directory, live: each domain from one of its controllers, in full or what changed since."""
