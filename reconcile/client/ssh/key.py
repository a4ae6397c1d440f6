"""The private keys that an account signs in with."""

import functools
from pathlib import Path

import asyncssh

from reconcile.client.remote.given import Secret
from reconcile.client.ssh.host import Account

UNUSABLE = (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, OSError)


def private_key(account: Account) -> asyncssh.SSHKey | None:
    """Raises ValueError where the account's file is no key that can be read."""
    if account.key is None:
        return None
    try:
        return _read(account.key, Path(account.key).stat().st_mtime_ns, account.passphrase)
    except UNUSABLE as error:
        raise ValueError(f"{account.key} is no private key that can be used: {error}") from error


@functools.lru_cache(maxsize=8)
def _read(file: str, _changed: int, passphrase: Secret | None) -> asyncssh.SSHKey:
    """A passphrase takes a tenth of a second by design: too long for each of a thousand hosts."""
    return asyncssh.read_private_key(file, passphrase.text if passphrase else None)


def require_way_in(account: Account) -> None:
    """Raises ValueError where there is nothing to sign in with."""
    if not (account.password or account.key or account.agent):
        raise ValueError(f"{account.user} needs a password, a key or an agent to sign in")
    private_key(account)
