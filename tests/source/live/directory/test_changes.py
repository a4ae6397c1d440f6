"""What changed, laid over what was read: as if it were read now."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.computer import SERVED
from reconcile.source.live.directory.changes import Changes

GUIDS = st.sets(st.integers(0, 9).map(str))


def rows(guids: set[str], name: str) -> pa.Table:
    return pa.Table.from_pylist([{"objectGUID": guid, "name": name} for guid in sorted(guids)], schema=SERVED)


@given(older=GUIDS, changed=GUIDS, gone=GUIDS)
def test_what_changed_comes_as_it_is_now_and_what_is_gone_goes(
    older: set[str], changed: set[str], gone: set[str]
) -> None:
    changes = Changes(rows(changed, "new"), pa.array(sorted(gone), pa.string()), frozenset())

    laid = changes.laid_over(rows(older, "old"))

    assert dict(zip(laid["objectGUID"].to_pylist(), laid["name"].to_pylist(), strict=True)) == {
        **dict.fromkeys(older - changed - gone, "old"),
        **dict.fromkeys(changed - gone, "new"),
    }
    assert len(laid) == len((older | changed) - gone)
    assert set(changes.touched.to_pylist()) == changed | gone
