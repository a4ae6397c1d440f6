"""Distinguished names as Active Directory writes and compares them."""

import re
from typing import NamedTuple

SPECIAL = re.compile(r'[,+"\\<>;=]')
PART = re.compile(r" *([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*) *= *((?:\\[0-9A-Fa-f]{2}|\\.|[^,\\])*)", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)
HEX_PAIR = 2


class Rdn(NamedTuple):
    """One part of a name, its value without escapes."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}={escaped(self.value)}"


def parse(dn: str) -> tuple[Rdn, ...]:
    """The parts, the object's own first; raises ValueError for what is no name."""
    if not dn.strip(" "):
        return ()
    parts, at = [], 0
    while True:
        found = PART.match(dn, at)
        if found is None or not found[2].strip(" ") or (found.end() < len(dn) and dn[found.end()] != ","):
            raise ValueError(f"no distinguished name: {dn!r}")
        parts.append(Rdn(found[1].upper(), _unescaped(found[2])))
        at = found.end() + 1
        if at > len(dn):
            return tuple(parts)


def join(parts: tuple[Rdn, ...]) -> str:
    return ",".join(map(str, parts))


def key(dn: str) -> str:
    """What two names share that mean the same object; raises ValueError for what is no name."""
    return join(parse(dn)).casefold()


def escaped(value: str) -> str:
    text = SPECIAL.sub(lambda found: f"\\{found[0]}", value).replace("\n", r"\0A").replace("\r", r"\0D")
    if text[:1] in {"#", " "}:
        text = f"\\{text}"
    return f"{text[:-1]}\\ " if text.endswith(" ") and text != "\\ " else text


def parent(dn: str) -> str:
    """Raises ValueError for what is no name; the parent of the last part is the empty name."""
    return join(parse(dn)[1:])


def domain_dn(domain: str) -> str:
    """`DC=aldermoor,DC=example` of `aldermoor.example`."""
    return ",".join(f"DC={label}" for label in domain.split("."))


def canonical(dn: str) -> str:
    """`aldermoor.example/Fleet/PC1`, as the attribute canonicalName has it."""
    parts = parse(dn)
    labels = [part.value for part in parts if part.kind == "DC"]
    return "/".join([".".join(labels), *(part.value for part in reversed(parts) if part.kind != "DC")])


def _unescaped(text: str) -> str:
    raw = _trimmed(text).encode("utf-8", "surrogateescape")
    if b"\\" not in raw:
        return raw.decode("utf-8", "replace")
    return ESCAPED.sub(_byte, raw).decode("utf-8", "replace")


def _trimmed(text: str) -> str:
    """Without the blanks around it, but for a last one that is escaped."""
    short = text.strip(" ")
    escapes = len(short) - len(short.rstrip("\\"))
    return f"{short} " if escapes % 2 and text.endswith(" ") else short


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode()) if len(found[1]) == HEX_PAIR else found[1]
