"""The computers of an LDIF file or of ldapsearch's output."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pyarrow as pa

from reconcile.errors import SourceIncomplete
from reconcile.source.attributes import LOWER, RECOVERY_KEY, cells, parent_of, plain
from reconcile.source.computer import SERVED, Export, most_specific, tabulate
from reconcile.source.ldapsearch import Search
from reconcile.source.ldif import Broken, Entry, Remark, ends_early, read_ldif
from reconcile.source.snapshot import Rejected

MULTIVALUED = {"serviceprincipalname": "servicePrincipalName", "usercertificate": "userCertificateCount"}
"""Whether an entry without them was asked for them is known only for the file as a whole."""
COLUMNS = dict(zip(LOWER, SERVED.names, strict=True)) | MULTIVALUED
WANTED = frozenset(COLUMNS) | {"cn"}


def read_entries(text: str, encoding: str, file: str) -> Export:
    """Raises SourceIncomplete where the search or the file did not come to its end."""
    lines = text.replace("\r\n", "\n")
    if ends_early(lines):
        line = lines.count("\n") + 1
        raise SourceIncomplete("directory", f"{file} ends in the middle of an entry, in line {line}; export it again")
    reader = _Reader(file)
    table = reader.finished(tabulate(reader.rows(read_ldif(lines, WANTED))))
    search = reader.search
    if search.trouble:
        raise SourceIncomplete(
            "directory", f"{file}: {search.trouble}; export it again, in pages (-E pr=1000/noprompt)"
        )
    return Export(
        shape="ldapsearch" if search.extended or search.count is not None else "LDIF",
        encoding=encoding,
        table=table,
        records=reader.records,
        count=search.count,
        proven=search.proven,
        rejected=tuple(reader.rejected),
        notes=(f"referrals to other domains, not followed: {search.referrals}",) if search.referrals else (),
    )


class _Reader:
    """What is gathered while the entries pass by."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.search = Search()
        self.records = 0
        self.rejected: list[Rejected] = []
        self.keys: Counter[str] = Counter()
        self.seen: set[str] = set()

    def rows(self, parts: Iterable[Entry | Broken | Remark]) -> Iterator[tuple[object, ...]]:
        """The entries in the order of SERVED, computers or not."""
        for part in parts:
            if isinstance(part, Entry):
                self.records += 1
                yield from self._row(part)
            elif isinstance(part, Broken):
                self.records += 1
                self._reject(part.line, "", part.text, part.reason, kept=False)
            elif not self.search.hear(part.lines):
                self._reject(part.line, "", part.lines[0], "belongs to no entry", kept=False)

    def finished(self, table: pa.Table) -> pa.Table:
        """Take back what was never served, and add the keys that stood in entries of their own."""
        for attribute, name in MULTIVALUED.items():
            if {attribute, "*"}.isdisjoint(self.seen | self.search.requested):
                table = _replaced(table, name, pa.nulls(len(table), SERVED.field(name).type))
        if self.keys:
            dns = [str(dn).lower() for dn in table["distinguishedName"].to_pylist()]
            table = _replaced(table, "bitlockerKeys", pa.array([str(self.keys[dn]) for dn in dns], pa.string()))
        return table

    def _row(self, entry: Entry) -> Iterator[tuple[object, ...]]:
        dn, kind = plain(entry.dn), most_specific([plain(value) for value in entry.values.get("objectclass", ())])
        if kind.lower() == RECOVERY_KEY:
            self.keys[parent_of(dn).lower()] += 1
            return
        for attribute, text, reason in entry.unread:
            if attribute == "usercertificate":  # there is one, and no more is asked of it
                entry.values.setdefault(attribute, []).append(text)
            else:
                self._reject(entry.line, COLUMNS.get(attribute, attribute), text, reason, kept=True)
        self.seen |= MULTIVALUED.keys() & entry.values.keys()
        yield cells(entry.values, entry.line, dn, kind)

    def _reject(self, line: int, field: str, value: str, reason: str, *, kept: bool) -> None:
        self.rejected.append(Rejected("directory", self.file, line, field, value, reason, kept=kept))


def _replaced(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), SERVED.field(name), values)
