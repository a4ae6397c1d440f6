"""Microsoft Entra Connect: the engine on its server, asked and started through WinRM."""
