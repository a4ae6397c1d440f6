"""Live pulls: the same snapshots as from exports, each proven complete by what the server itself counts."""
