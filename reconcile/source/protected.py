"""`protected.csv`: devices that a person has set aside, by GUID, SID or host name with globs."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import InputError
from reconcile.source.faults import Fault, refuse
from reconcile.source.text import decode
from reconcile.source.value import guids, hosts, sids

HEADER = ["device", "reason"]
LIKE_A_GUID = re.compile(r"[{}]|^\w{7,9}(-\w{3,5}){3}-\w{11,13}$|^[0-9a-f-]{20,}$", re.IGNORECASE)
LIKE_A_SID = re.compile(r"^s-1-|^s(-\d+){3}", re.IGNORECASE)
GLOB_SET = re.compile(r"\[!?([^][!][^][]*)\]")

Kind = Literal["guid", "sid", "host"]
READERS: dict[Kind, Callable[[pa.Array], pa.Array]] = {"guid": guids, "sid": sids}


@dataclass(frozen=True)
class Protected:
    """A GUID in lower case, a SID in upper case, or a case-folded host name with the globs * ? [ ]."""

    value: str
    kind: Kind
    reason: str
    row: int


def read_protected(path: Path) -> list[Protected]:
    """Nothing where there is no such file. Blank lines and those that begin with # are skipped. Raises InputError."""
    if not path.exists():
        return []
    lines = _lines(path)
    header, delimiter = _header(path, lines)
    read = [_protected(row, line, delimiter) for row, line in lines if row > header]
    refuse(path, [item for item in read if isinstance(item, Fault)])
    return [item for item in read if isinstance(item, Protected)]


def _lines(path: Path) -> list[tuple[int, str]]:
    """A line is a row, so that a quote left open cannot swallow the lines below it."""
    try:
        text, _ = decode(path.read_bytes())
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from error
    lines = enumerate(re.split(r"\r\n|\n|\r", text), start=1)
    return [(row, line) for row, line in lines if line.strip() and not line.lstrip(' "').startswith("#")]


def _header(path: Path, lines: list[tuple[int, str]]) -> tuple[int, str]:
    """Its row, and the delimiter that it shows."""
    row, line = lines[0] if lines else (1, "")
    delimiter = max(",;\t", key=line.count)
    cells = _cells(line, delimiter)
    if cells is None or [cell.casefold() for cell in cells] != HEADER:
        raise InputError(path, f"the header must be device,reason, not {line!r}", row)
    return row, delimiter


def _cells(line: str, delimiter: str) -> list[str] | None:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True))]
    except csv.Error:
        return None


def _protected(row: int, line: str, delimiter: str) -> Protected | Fault:
    cells = _cells(line, delimiter)
    if cells is None or len(cells) != len(HEADER):
        return Fault(row, "line", f"must be a device and a reason, in quotes where it holds a {delimiter!r}: {line!r}")
    device, reason = cells
    for kind, read in READERS.items():
        if value := read(pa.array([device]))[0].as_py():
            return Protected(value, kind, reason, row)
    why = _fault(device)
    return Fault(row, "device", why) if why else Protected(_host(device), "host", reason, row)


def _fault(device: str) -> str | None:
    """Why it can be neither an id nor a host name."""
    if not device:
        return "is empty"
    reasons = {
        "holds bytes that stand for no character: save the file as UTF-8": "\ufffd" in device,
        "looks like a GUID, and is none that a device can have": LIKE_A_GUID.search(device),
        "looks like a SID, and is none": LIKE_A_SID.search(device),
        "has a [ ] with no choice of characters in it": not _are_sets(_host(device)),
        "means every host of a domain: give host names": "." in device and not _host(device).strip("*?"),
    }
    return next((f"{device!r} {reason}" for reason, applies in reasons.items() if applies), None)


def _are_sets(glob: str) -> bool:
    """Whether each [ has its ], and Arrow accepts what is between them."""
    if not {"[", "]"}.isdisjoint(GLOB_SET.sub("", glob)):
        return False
    sets = (re.sub(r"([\\^])", r"\\\1", members) for members in GLOB_SET.findall(glob))
    try:
        return all(pc.match_substring_regex(pa.array([""]), f"[{members}]") for members in sets)
    except pa.ArrowInvalid:  # a range such as [z-a]
        return False


def _host(device: str) -> str:
    """As the frames have it: case-folded, without its domain."""
    return hosts(pa.array([device]))[0].as_py() or ""
