"""A listing into a file that grows with it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reconcile.client.graph.pages import Page, page_of
from reconcile.source.live.entra import growing, listing
from reconcile.source.live.entra.growing import Growing, without_repeats
from reconcile.source.live.entra.listing import write_listing
from reconcile.source.live.entra.reading import Rows
from reconcile.source.snapshot import Rejected

SCHEMA = pa.schema([("id", pa.string()), ("file", pa.string())])


async def served(*bodies: bytes, error: Exception | None = None) -> AsyncIterator[Page]:
    for body in bodies:
        yield page_of(body)
    if error:
        raise error


def read(pages: Sequence[Page], first: int) -> Rows:
    """An item is its id; 0 cannot be read."""
    items = [bytes(item).decode() for page in pages for item in page.items]
    rejected = [
        Rejected("entra", "f", first + at, "", "0", "why", kept=False) for at, one in enumerate(items) if one == "0"
    ]
    return Rows(
        pa.table({"id": [one for one in items if one != "0"], "file": ["f"] * (len(items) - len(rejected))}, SCHEMA),
        rejected,
    )


def test_pages_are_read_in_their_order_while_others_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "CHUNK", 1)
    path = tmp_path / "x.parquet"
    with Growing(path, SCHEMA) as file:
        listed = asyncio.run(
            write_listing(served(b'{"value":[1,0]}', b'{"value":[2]}', b'{"value":[3,0]}'), read, file)
        )
        file.finish()

    assert pq.read_table(path)["id"].to_pylist() == ["1", "2", "3"]
    assert [item.row for item in listed.rejected] == [2, 5]
    assert (listed.requests, listed.items, listed.unread) == (3, 5, 2)


@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_a_listing_that_breaks_off_leaves_no_file(chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "CHUNK", chunk)

    with pytest.raises(OSError, match="lost"), Growing(tmp_path / "x.parquet", SCHEMA) as file:
        asyncio.run(write_listing(served(b'{"value":[1]}', b'{"value":[2]}', error=OSError("lost")), read, file))

    assert list(tmp_path.iterdir()) == []


def test_a_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with Growing(path, SCHEMA) as file:
        file.add(pa.table({"id": ["1"], "file": ["f"]}, SCHEMA))
        assert not path.exists()
        file.finish()

    assert [one.name for one in tmp_path.iterdir()] == ["x.parquet"]
    assert file.rows == 1


def grown(path: Path, *tables: list[str | None]) -> list[pa.ChunkedArray]:
    with Growing(path, SCHEMA) as file:
        for number, ids in enumerate(tables):
            file.add(pa.table({"id": ids, "file": [str(number)] * len(ids)}, SCHEMA))
        file.finish()
    return [pa.chunked_array([ids], pa.string()) for ids in tables]


@pytest.mark.parametrize("group", [1, 2, 1 << 16])
def test_what_stands_twice_stays_as_it_was_read_last(
    group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "GROUP", group)
    path = tmp_path / "x.parquet"
    ids, notes = without_repeats(path, grown(path, ["1", "2", None], ["2", "3", None], ["1", "4"]))

    rows = pq.read_table(path)
    assert list(zip(rows["id"].to_pylist(), rows["file"].to_pylist(), strict=True)) == [
        (None, "0"),
        ("2", "1"),
        ("3", "1"),
        (None, "1"),
        ("1", "2"),
        ("4", "2"),
    ]
    assert ids.to_pylist() == rows["id"].to_pylist()
    assert notes == ["devices that stood on two pages, counted once: 2"]


def test_where_nothing_stands_twice_the_file_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    listed = grown(path, ["1", None], [None, "2"])
    before = path.stat()

    ids, notes = without_repeats(path, listed)

    assert (ids.to_pylist(), notes) == (["1", None, None, "2"], [])
    assert path.stat().st_ino == before.st_ino


def test_nothing_read_is_a_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    ids, notes = without_repeats(path, grown(path))

    assert (len(pq.read_table(path)), len(ids), notes) == (0, 0, [])
