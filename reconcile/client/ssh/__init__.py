"""Hosts through SSH: PowerShell scripts and plain commands run there, and what they say brought back."""
