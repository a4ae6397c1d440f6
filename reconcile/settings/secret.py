"""What is secret stands in the environment, or in a file that only its owner may read; only here is it looked for."""

import dataclasses
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from reconcile.errors import SettingsError
from reconcile.settings.model import Directory


@dataclass(frozen=True)
class Azure:
    """azure-identity's own variables; the secrets among them are never shown."""

    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    client_certificate_path: str | None = None
    client_certificate_password: str | None = field(default=None, repr=False)
    authority_host: str | None = None


def azure_environment() -> Azure:
    """AZURE_TENANT_ID and its like; one that is empty is as good as not set."""
    return Azure(
        **{item.name: os.environ.get(f"AZURE_{item.name.upper()}") or None for item in dataclasses.fields(Azure)}
    )


def sync_password() -> str | None:
    return os.environ.get("RECONCILE_SYNC_PASSWORD") or None


def agent_password() -> str | None:
    """RECONCILE_AGENT_PASSWORD: of the account that devices are asked by."""
    return os.environ.get("RECONCILE_AGENT_PASSWORD") or None


def ldap_password(directory: Directory, domain: str | None = None) -> str | None:
    """RECONCILE_LDAP_PASSWORD, or what stands in the file of settings; of a domain's own user, its own variable only."""
    name = "RECONCILE_LDAP_PASSWORD"
    if domain is not None:
        name += "_" + re.sub(r"[^A-Z0-9]", "_", domain.upper())
        return os.environ.get(name) or None
    return os.environ.get(name) or (_secret(Path(directory.password_file)) if directory.password_file else None)


def _secret(file: Path) -> str:
    """What only its owner may read. Raises SettingsError."""
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise SettingsError(str(file), "others may read it: chmod 600 it")
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(file), f"cannot be read: {error}") from error
