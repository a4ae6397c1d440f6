"""The engine that settings name."""

from pathlib import Path
from urllib.parse import urlsplit

from reconcile.client.remote.given import Secret
from reconcile.client.sync.engine import Engine
from reconcile.client.winrm.host import Account, Host, require_safe
from reconcile.errors import SettingsError
from reconcile.settings import Sync


def engine(sync: Sync, password: str | None) -> Engine:
    """Nothing is asked yet. Raises SettingsError where something that is needed is not set, or would not be safe."""
    host, account = _host(sync), _account(sync, password)
    try:
        require_safe(host, account)
    except ValueError as error:
        raise SettingsError("[sync] auth", str(error)) from error
    return Engine(host, account)


def _host(sync: Sync) -> Host:
    text = sync.server or ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        name, port = parts.hostname or "", parts.port or 0
    except ValueError as error:  # a port that is none
        raise _no_server(text) from error
    if parts.scheme not in {"http", "https"} or not name or parts.query or parts.username:
        raise _no_server(text)
    if sync.ca_file and not Path(sync.ca_file).is_file():
        raise SettingsError("[sync] ca_file", f"{sync.ca_file} is no file")
    path = parts.path.strip("/") or "wsman"
    return Host(name, port=port, tls=parts.scheme == "https", path=path, ca_file=sync.ca_file)


def _account(sync: Sync, password: str | None) -> Account:
    if sync.user is None:
        if sync.auth == "basic":
            raise SettingsError("[sync] user", "must be set: basic needs a user and a password")
        return Account("kerberos")
    if password is None and sync.auth != "kerberos":
        raise SettingsError("RECONCILE_SYNC_PASSWORD", f"must hold the password of [sync] user {sync.user}")
    return Account(sync.auth, sync.user, Secret(password) if password else None)


def _no_server(text: str) -> SettingsError:
    return SettingsError(
        "[sync] server", f"must be such as connect1.corp.example.com or https://connect1:5986, not {text!r}"
    )
