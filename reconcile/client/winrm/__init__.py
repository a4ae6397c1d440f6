"""Windows hosts through WinRM: PowerShell scripts run there, and what they say brought back."""
