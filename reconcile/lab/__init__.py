"""A small estate on loopback, over the real wire. It imports no client: what tests the client must not share its code."""
