"""Which devices are asked: those of a list, or the workstations of the last sweep."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import InputError
from reconcile.source.live.agents.reaching import Target
from reconcile.source.text import decode
from reconcile.source.value import hosts

NAMES = ("host", "hostname", "name", "dnshostname", "dns_name", "device", "displayname")
"""What a column of hosts may be called, in any letter case; the first that is there counts."""


def read_targets(path: Path) -> list[Target]:
    """One host a line, or a CSV with a column of hosts and perhaps `address` and `site`. Raises InputError."""
    try:
        text, _ = decode(path.read_bytes())
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from error
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise InputError(path, "names no host")
    delimiter = max(",;\t", key=lines[0].count)
    return once(_rows(path, lines, delimiter) if delimiter in lines[0] or _is_header(lines[0]) else map(_plain, lines))


def of_snapshots(directory: pa.Table | None, entra: pa.Table | None) -> list[Target]:
    """Enabled workstations: AD's under the name that finds them, then those that only Entra knows."""
    known = [] if directory is None else list(_directory(_workstations(directory, "enabled")))
    names = [] if entra is None else _workstations(entra, "accountEnabled")["displayName"].to_pylist()
    return once([*known, *(Target(name) for name in names if name)])


def once(targets: Iterable[Target]) -> list[Target]:
    """Each host as it is named first, whatever its letter case and domain."""
    listed = list(targets)
    folded = hosts(pa.array([target.host for target in listed], pa.string())).to_pylist()
    first = dict(reversed(list(zip(folded, listed, strict=True))))
    return [target for name, target in zip(folded, listed, strict=True) if first[name] is target]


def _plain(line: str) -> Target:
    return Target(line.strip().strip('"'))


def _is_header(line: str) -> bool:
    return line.strip().strip('"').casefold() in NAMES


def _rows(path: Path, lines: Sequence[str], delimiter: str) -> Iterator[Target]:
    rows = csv.DictReader(lines, delimiter=delimiter)
    columns = {name.strip().casefold(): name for name in rows.fieldnames or ()}
    column = next((columns[name] for name in NAMES if name in columns), None)
    if column is None:
        raise InputError(path, f"has no column of hosts, such as host: {', '.join(rows.fieldnames or ())}", 1)
    for number, row in enumerate(rows, start=2):
        host = (row[column] or "").strip()
        if not host:
            raise InputError(path, "is empty", number, column)
        address, site = ((row.get(columns.get(name, "")) or "").strip() for name in ("address", "site"))
        yield Target(host, address, site)


def _workstations(table: pa.Table, enabled: str) -> pa.Table:
    """Windows, and no server by the name of it. A name is no more than where to ask: the answer says who it is."""
    system = table["operatingSystem"]
    is_windows = pc.starts_with(system, "windows", ignore_case=True)
    is_server = pc.match_substring(system, "server", ignore_case=True)
    wanted = pc.and_(pc.and_not(is_windows, is_server), pc.fill_null(table[enabled], fill_value=False))
    return table.filter(pc.fill_null(wanted, fill_value=False))


def _directory(table: pa.Table) -> Iterator[Target]:
    for name, dns in zip(table["name"].to_pylist(), table["dNSHostName"].to_pylist(), strict=True):
        if name or dns:
            yield Target(name or dns.partition(".")[0], dns or "")
