"""Windows hosts as WinRM shows them: PSRP by its server side, and what goes wrong."""
