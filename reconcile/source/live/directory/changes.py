"""What changed in a domain since one of its controllers was asked last, by the numbers that it gives to changes.

Source: Microsoft, "Polling for Changes Using USNChanged": the controller's highest number is read first, and counts next time.
"""

from dataclasses import dataclass
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.client.ldap.deleted import SHOW_RECYCLED
from reconcile.client.ldap.search import Search, everything
from reconcile.client.ldap.session import Session
from reconcile.source.attributes import RECOVERY_KEY
from reconcile.source.computer import SERVED
from reconcile.source.live.directory.reading import computers, keys_changed, read_computers


@dataclass(frozen=True)
class Changes:
    """`table` has the columns of SERVED: whoever changed, as they are now."""

    table: pa.Table
    gone: pa.Array
    """The GUIDs of what was deleted, computers or not."""
    keys_of: frozenset[str]
    """The DNs of computers whose keys changed."""

    @property
    def touched(self) -> pa.Array:
        return pa.concat_arrays([self.table["objectGUID"].combine_chunks(), self.gone])

    def laid_over(self, older: pa.Table) -> pa.Table:
        """Both with the columns of SERVED, or of DIRECTORY: what is touched goes, and what is still there comes."""
        kept = older.filter(pc.invert(pc.is_in(older["objectGUID"], value_set=self.touched)))
        return pa.concat_tables([kept, self.still_there()])

    def still_there(self) -> pa.Table:
        return self.table.filter(pc.invert(pc.is_in(self.table["objectGUID"], value_set=self.gone)))


def changed_between(session: Session, usn: int, highest: int, deleted: str | None) -> Changes:
    """After the change of that number; `highest` is that of the last one, by the controller's own word.

    `deleted` is the container of what was deleted; without it, nothing is known to be gone. Raises as `pages`.
    """
    if usn == highest:
        return Changes(SERVED.empty_table(), pa.array([], pa.string()), frozenset())
    newer = f"(uSNChanged>={usn + 1})"
    table = read_computers(everything(session, computers(newer)))
    keys_of = keys_changed(session, newer)
    gone = _gone(session, newer, deleted) if deleted else {}
    guids = pa.array([str(guid) for guid in gone], pa.string())
    return Changes(table, guids, frozenset(keys_of | {parent for parent in gone.values() if parent}))


def _gone(session: Session, newer: str, deleted: str) -> dict[UUID, str | None]:
    """What was deleted, and of keys the computer that had them."""
    search = Search(
        f"(&(isDeleted=TRUE){newer})", ("objectGUID", "objectClass", "lastKnownParent"), deleted, [SHOW_RECYCLED]
    )
    return {
        entry.guid: entry.text("lastknownparent")
        if RECOVERY_KEY in map(str.lower, entry.texts("objectclass"))
        else None
        for entry in everything(session, search)
        if entry.guid is not None
    }
