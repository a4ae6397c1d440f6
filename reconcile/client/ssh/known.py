"""The keys by which hosts are known: read from known_hosts files, and, where that is asked for, added to one of our own."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from reconcile.client.ssh import known_hosts
from reconcile.client.ssh.host import PORT, Host
from reconcile.client.ssh.known_hosts import Entry

USER_FILE = "~/.ssh/known_hosts"

Key = asyncssh.SSHKey


@dataclass(frozen=True)
class Known:
    """What the files say of one host."""

    keys: Sequence[Key]
    authorities: Sequence[Key]
    revoked: Sequence[Key]


def known(host: Host) -> Known:
    """Raises ValueError where a file that was named is not there, or is no known_hosts file."""
    entries = [entry for file in _files(host) for entry in _entries(file, host)]
    return Known(*(_keys(entries, marker) for marker in ("", "cert-authority", "revoked")))


def unknown(host: Host, key: Key) -> str:
    """Why a host that no file knows is not trusted, and what to do."""
    return (
        f"{shown(key)} is the key of a host that {_named(host)} does not know; "
        f"compare it with the host's own, then add a line for {entry_name(host)}"
    )


def changed(host: Host, key: Key, before: Iterable[Key]) -> str:
    """Why a host with another key is not trusted, and what to do."""
    old = " or ".join(shown(one) for one in before)
    return (
        f"its key is {shown(key)}, and {_named(host)} has {old}: it was set up anew, or somebody else answers; "
        f"if the new key is the host's own, remove the old one by ssh-keygen -R '{entry_name(host)}'"
    )


def remember(host: Host, key: Key) -> Sequence[Key]:
    """Writes it down; where others have come first it does not, and gives them. Raises OSError."""
    before = known(host).keys
    if before:
        return [] if key in before else before
    file = Path(host.first_use or "")
    line = f"{entry_name(host)} {key.export_public_key().decode().strip()}\n"
    with file.open("a+b") as entries:
        whole = not entries.tell() or file.read_bytes().endswith(b"\n")
        entries.write((line if whole else f"\n{line}").encode())
    return []


def shown(key: Key) -> str:
    return f"{key.get_algorithm()} {key.get_fingerprint()}"


def entry_name(host: Host) -> str:
    """As a known_hosts file writes it."""
    return host.identity if host.port == PORT else f"[{host.identity}]:{host.port}"


def _files(host: Host) -> list[Path]:
    named = [Path(host.known_hosts)] if host.known_hosts else _if_there(Path(USER_FILE).expanduser())
    return named + (_if_there(Path(host.first_use)) if host.first_use else [])


def _if_there(file: Path) -> list[Path]:
    return [file] if file.is_file() else []


def _named(host: Host) -> str:
    return " or ".join([host.known_hosts or USER_FILE, *([host.first_use] if host.first_use else [])])


def _entries(file: Path, host: Host) -> list[Entry]:
    """With its port, or, where there are none, those of the name alone, which is how ssh does it."""
    try:
        found = known_hosts.read(file)
    except (OSError, ValueError) as error:
        raise ValueError(f"{file} is no known_hosts file that can be read: {error}") from error
    return list(found.about(entry_name(host))) or list(found.about(host.identity))


def _keys(entries: Iterable[Entry], marker: str) -> list[Key]:
    """A kind of key that is not known here could not be proven anyway."""
    found = []
    for entry in entries:
        if entry.marker == marker:
            with contextlib.suppress(asyncssh.KeyImportError):
                found.append(asyncssh.import_public_key(entry.key))
    return found
