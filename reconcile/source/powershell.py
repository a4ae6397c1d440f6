"""The computers of `Get-ADComputer … | Export-Csv` and `… | ConvertTo-Json`, of Windows PowerShell 5.1 and PowerShell 7."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import InputError, SourceIncomplete
from reconcile.source.computer import SERVED, Export, most_specific, tabulate
from reconcile.source.delimited import read_delimited
from reconcile.source.snapshot import Rejected
from reconcile.source.times import Column

Record = dict[str, msgspec.Raw]
"""A JSON object by lower-case names, its values not yet read."""


class _Counted(msgspec.Struct, forbid_unknown_fields=True):
    """An array with its length, as PowerShell 5.1 prints some."""

    value: list[msgspec.Raw]
    count: int = msgspec.field(name="Count")


NAMES: dict[str, tuple[str, ...]] = {name: (name.lower(),) for name in SERVED.names if name != "row"} | {
    "objectSid": ("objectsid", "sid"),
    "name": ("name", "cn"),
    "primaryGroupID": ("primarygroupid", "primarygroup"),
    "lastLogonTimestamp": ("lastlogontimestamp", "lastlogondate"),
    "pwdLastSet": ("pwdlastset", "passwordlastset"),
    "whenCreated": ("whencreated", "created"),
    "servicePrincipalName": ("serviceprincipalnames", "serviceprincipalname"),
    "userCertificateCount": ("usercertificatecount", "usercertificate"),
}
"""Where each column is looked for; what stands first is taken first."""
MARKS = ("objectguid", "objectsid", "sid", "distinguishedname", "samaccountname")
"""A file with none of these holds no AD computers."""
TYPE_STARTS = ("System.", "Microsoft.ActiveDirectory.")
TYPE_NAME = r"^(System\.|Microsoft\.ActiveDirectory\.)\S*(\s+System\.\S+)*$"
"""What PowerShell prints for a value that it cannot print."""
ONLY_JSON = ("usercertificate",)
UNUSUAL = r"[,|\s]|;;"
GROUPS = {"domain computers": "515", "domain controllers": "516", "read-only domain controllers": "521"}
GROUP = re.compile(r"CN=([^,]+),", re.IGNORECASE)
SEPARATOR = r"[;,|\s]+"
"""Between SPNs in one text; one that holds a blank falls into pieces, which no rule asks for."""


def read_csv(path: Path, file: str) -> Export:
    read = read_delimited(path)
    found = {name.strip().lower(): number for number, name in enumerate(read.table.column_names)}
    _raise_unless_computers(path, found)
    columns, notes = {"row": pa.chunked_array([read.lines])}, []
    for name, places in NAMES.items():
        cells = [_printed(read.table.column(found[place])) for place in places if place in found.keys() - ONLY_JSON]
        columns[name] = _column(name, [cell for cell, _ in cells], len(read.table))
        if any(hidden for _, hidden in cells):
            notes.append(
                f"{name} was exported as the name of a type, which is no value; use the export command of the README"
            )
    rejected = tuple(Rejected("directory", file, line, "", text, reason, kept=False) for line, text, reason in read.bad)
    table = pa.table(columns).select(SERVED.names).cast(SERVED)
    return Export(
        "Export-Csv", read.encoding, table, len(read.table) + len(rejected), rejected=rejected, notes=tuple(notes)
    )


def read_json(text: str, encoding: str, path: Path, file: str) -> Export:
    """Raises SourceIncomplete where the file ends early."""
    rejected: list[Rejected] = []
    names: set[str] = set()
    try:
        items, count = _items(text, path, file)
        table = tabulate(_rows(items, file, names, rejected))
    except RecursionError as error:
        raise InputError(path, "cannot be read as JSON: it is nested too deeply") from error
    if items:
        _raise_unless_computers(path, names)
    return Export("ConvertTo-Json", encoding, table, len(items), count, rejected=tuple(rejected))


def _raise_unless_computers(path: Path, names: Iterable[str]) -> None:
    if set(MARKS).isdisjoint(names):
        raise InputError(path, f"is no export of AD computers: it has none of {', '.join(MARKS)}")


def _printed(cells: Column) -> tuple[Column, bool]:
    """The cells without the names of types, and whether there was any."""
    likely = [pc.any(pc.starts_with(cells, start)).as_py() for start in TYPE_STARTS]
    if not any(likely):
        return cells, False
    named = pc.match_substring_regex(cells, TYPE_NAME)
    return pc.if_else(named, pa.scalar(None, pa.string()), cells), bool(pc.any(named).as_py())


def _column(name: str, cells: list[Column], rows: int) -> Column:
    """What the first of the places says, else the next; "" where it is there and says nothing."""
    if not cells:
        return pa.chunked_array([pa.nulls(rows, SERVED.field(name).type)])
    if name == "primaryGroupID":
        cells = [_group_numbers(column) for column in cells]
    filled = [pc.if_else(pc.equal(column, ""), None, column) for column in cells[:-1]]
    best = pc.coalesce(*filled, cells[-1])
    return _split(best) if name == "servicePrincipalName" else best


def _split(cells: Column) -> Column:
    if pc.any(pc.match_substring_regex(cells, UNUSUAL)).as_py():
        cells = pc.replace_substring_regex(cells, SEPARATOR, ";")
    bare = pc.utf8_trim(cells, ";")
    return pc.if_else(pc.equal(bare, ""), pa.scalar([], pa.list_(pa.string())), pc.split_pattern(bare, ";"))


def _group_numbers(cells: Column) -> Column:
    unique = cells.combine_chunks().dictionary_encode()
    numbers = [_group_number(text) for text in unique.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(numbers, pa.string()).take(unique.indices)])


def _group_number(text: str) -> str | None:
    """The number of a group that is named; another language's names say nothing."""
    named = GROUP.match(text)
    return GROUPS.get(named[1].lower()) if named else text


def _items(text: str, path: Path, file: str) -> tuple[list[msgspec.Raw], int | None]:
    """The objects of the file, and their number if it tells; a single object stands for itself."""
    try:
        whole = msgspec.json.decode(text, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        if "truncated" in str(error):
            raise SourceIncomplete("directory", f"{file} ends in the middle of its JSON; export it again") from error
        raise InputError(path, f"cannot be read as JSON: {error}") from error
    if isinstance(whole, list):
        return whole, None
    try:
        counted = msgspec.json.decode(text, type=_Counted)
    except msgspec.ValidationError:
        return [msgspec.Raw(text.encode())], None
    return counted.value, counted.count


def _rows(
    items: list[msgspec.Raw], file: str, names: set[str], rejected: list[Rejected]
) -> Iterator[tuple[object, ...]]:
    for row, item in enumerate(items, 1):
        try:
            record = {name.lower(): value for name, value in msgspec.json.decode(item, type=Record).items()}
            cells = (row, *(_cell(record, NAMES[name]) for name in SERVED.names[1:]))
        except msgspec.DecodeError as error:
            start = bytes(item)[:80].decode(errors="replace")
            rejected.append(Rejected("directory", file, row, "", start, f"cannot be read: {error}", kept=False))
        else:
            names.update(record)
            yield cells


def _cell(record: Record, places: tuple[str, ...]) -> object:
    """What the first of the places says, else the next; an empty list is something said."""
    for place in places:
        if place in record:
            value = READERS.get(place, _text)(msgspec.json.decode(record[place]))
            if value is not None and value != "":
                return value
    return None


def _text(value: object) -> str | None:
    """SIDs, dates and lists of one stand inside objects; what is none of these shows as JSON, to be refused as a value."""
    inner = _inner(value)
    while isinstance(inner, list) and len(inner) == 1:
        inner = _inner(inner[0])
    if inner is None or inner in ({}, []):
        return None
    if isinstance(inner, str):
        return None if re.match(TYPE_NAME, inner) else inner
    return msgspec.json.encode(inner).decode()


def _texts(value: object) -> list[str] | None:
    inner = _inner(value)
    if isinstance(inner, str):
        return None if re.match(TYPE_NAME, inner) else [part for part in re.split(SEPARATOR, inner) if part]
    items = inner if isinstance(inner, list) else [] if inner == {} else None
    return None if items is None else [text for item in items if (text := _text(item))]


def _class(value: object) -> str | None:
    inner = _inner(value)
    return most_specific([str(item) for item in inner]) if isinstance(inner, list) else _text(inner)


def _group(value: object) -> str | None:
    text = _text(value)
    return None if text is None else _group_number(text)


def _certificates(value: object) -> str | None:
    """How many there are: each is a list of bytes, or a text where the depth was cut."""
    inner = _inner(value)
    if isinstance(inner, str):
        return None if re.match(TYPE_NAME, inner) else str(int(inner != ""))
    if not isinstance(inner, list):
        return "0" if inner == {} else None
    is_one = bool(inner) and all(isinstance(item, int) for item in inner)
    return "1" if is_one else str(len(inner))


def _inner(value: object) -> object:
    """PowerShell 5.1 prints some values as an object around them."""
    while isinstance(value, dict) and (name := next((name for name in value if name.lower() == "value"), None)):
        value = value[name]
    return value


READERS: dict[str, Callable[[object], object]] = {
    "objectclass": _class,
    "primarygroup": _group,
    "serviceprincipalnames": _texts,
    "serviceprincipalname": _texts,
    "usercertificate": _certificates,
}
