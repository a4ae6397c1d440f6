"""What was seen and done before, in `reports/ledger.db`: sweeps, first sightings, retired identities."""
