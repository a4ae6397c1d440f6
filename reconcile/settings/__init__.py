"""`inputs/settings.toml` and the environment as frozen dataclasses; the only room that reads the environment."""

from reconcile.settings.model import (
    LOOPBACK,
    PROTECTIONS,
    Agents,
    Bind,
    Directory,
    Entra,
    Extra,
    Limits,
    Policy,
    Settings,
    Sync,
    Tenant,
)
from reconcile.settings.reading import load, template
from reconcile.settings.secret import Azure, agent_password, azure_environment, ldap_password, sync_password

__all__ = [
    "LOOPBACK",
    "PROTECTIONS",
    "Agents",
    "Azure",
    "Bind",
    "Directory",
    "Entra",
    "Extra",
    "Limits",
    "Policy",
    "Settings",
    "Sync",
    "Tenant",
    "agent_password",
    "azure_environment",
    "ldap_password",
    "load",
    "sync_password",
    "template",
]
