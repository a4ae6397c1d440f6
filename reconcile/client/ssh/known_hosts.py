"""A known_hosts file, as the manual of sshd describes it.

asyncssh reads them too, but each key of the file at once, and by a question to the resolver for each name.
"""

import base64
import binascii
import fnmatch
import functools
import hmac
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HASHED = "|1|"


@dataclass(frozen=True)
class Entry:
    """`marker` is empty, cert-authority or revoked; `key` is its line from the kind of the key on."""

    marker: str
    key: str


@dataclass(frozen=True)
class KnownHosts:
    exact: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    patterns: list[tuple[list[str], Entry]] = field(default_factory=list)
    hashed: list[tuple[bytes, bytes, Entry]] = field(default_factory=list)

    def about(self, name: str) -> Iterator[Entry]:
        name = name.casefold()
        yield from self.exact.get(name, ())
        yield from (entry for patterns, entry in self.patterns if _fits(name, patterns))
        yield from (entry for salt, digest, entry in self.hashed if _digest(salt, name) == digest)


def read(file: Path) -> KnownHosts:
    """Read again where the file has changed. Raises OSError, and ValueError where it is none."""
    about = file.stat()
    return _read(file, about.st_mtime_ns, about.st_size)


@functools.lru_cache(maxsize=8)
def _read(file: Path, _changed: int, _size: int) -> KnownHosts:
    found = KnownHosts()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            _take(found, line.strip())
        except (ValueError, binascii.Error) as error:
            raise ValueError(f"line {number} is no entry: {error}") from error
    return found


def _take(found: KnownHosts, line: str) -> None:
    if not line or line.startswith("#"):
        return
    marker, rest = line[1:].split(maxsplit=1) if line.startswith("@") else ("", line)
    names, key = rest.split(maxsplit=1)
    entry = Entry(marker, key)
    if names.startswith(HASHED):
        salt, digest = names.removeprefix(HASHED).split("|")
        found.hashed.append((base64.b64decode(salt), base64.b64decode(digest), entry))
    elif any(letter in names for letter in "*?!"):
        found.patterns.append((names.casefold().split(","), entry))
    else:
        for name in names.casefold().split(","):
            found.exact[name].append(entry)


def _fits(name: str, patterns: list[str]) -> bool:
    """One that is negated outweighs all others."""
    if any(pattern.startswith("!") and _like(name, pattern[1:]) for pattern in patterns):
        return False
    return any(_like(name, pattern) for pattern in patterns)


def _like(name: str, pattern: str) -> bool:
    """Brackets stand for themselves here: they enclose a name that has a port."""
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


def _digest(salt: bytes, name: str) -> bytes:
    return hmac.digest(salt, name.encode(), "sha1")
