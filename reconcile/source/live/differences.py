"""Where what changes told is not what a full pull found, row by row."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.repeats import equal


@dataclass(frozen=True)
class Differences:
    """Where what the changes told is not what a full pull found. `missing` and `extra` are the changes' faults."""

    compared: int
    missing: pa.Array
    extra: pa.Array
    members: dict[str, pa.Array]
    """The ids of the devices that differ, by member."""

    @property
    def count(self) -> int:
        differing = pa.concat_arrays([self.missing, self.extra, *self.members.values()])
        return len(differing.unique())

    def __str__(self) -> str:
        counts = {"missing": self.missing, "no longer there": self.extra, **self.members}
        return ", ".join(f"{what} {len(ids):,}" for what, ids in counts.items() if len(ids))

    def rows(self) -> Iterator[tuple[str, str]]:
        """Each device and what is wrong with it."""
        yield from ((one, "missing") for one in self.missing.to_pylist())
        yield from ((one, "no longer there") for one in self.extra.to_pylist())
        yield from ((one, member) for member, ids in self.members.items() for one in ids.to_pylist())


Columns = Callable[[list[str]], pa.Table]
"""A snapshot, as far as these of its columns: a fleet is compared member by member, and not held whole."""


def differences(told: Columns, found: Columns, meanwhile: pa.Array, key: str, members: Sequence[str]) -> Differences:
    """Of these members, without the rows that changed `meanwhile`, between the two; `key` is the member that says which is which."""
    ours, theirs = _ids(told, meanwhile, key), _ids(found, meanwhile, key)
    both = ours.filter(pc.is_in(ours, value_set=theirs))
    places = _places(told, both, key), _places(found, both, key)
    differing = {member: _differing(told, found, (key, member), both, places) for member in members if member != key}
    return Differences(
        compared=len(both),
        missing=theirs.filter(pc.invert(pc.is_in(theirs, value_set=ours))),
        extra=ours.filter(pc.invert(pc.is_in(ours, value_set=theirs))),
        members={member: ids for member, ids in differing.items() if len(ids)},
    )


def _ids(columns: Columns, meanwhile: pa.Array, key: str) -> pa.Array:
    ids = columns([key])[key].combine_chunks()
    return ids.filter(pc.invert(pc.is_in(ids, value_set=meanwhile)))


def _places(columns: Columns, ids: pa.Array, key: str) -> pa.Array:
    return pc.index_in(ids, value_set=columns([key])[key].combine_chunks())


def _differing(
    told: Columns, found: Columns, names: tuple[str, str], both: pa.Array, places: tuple[pa.Array, pa.Array]
) -> pa.Array:
    """`names` are the key's and the member's."""
    member = names[1]
    ones, others = (columns([*names])[member].take(at) for columns, at in zip((told, found), places, strict=True))
    return both.filter(pa.array(~equal(ones, others)))


def verdict(found: Differences, pulls: int, objects: tuple[str, str], file: Path) -> str:
    """What is told of the proof; differences are listed in the file. `objects` is what they are called, and the name of their id."""
    noun, header = objects
    proven = f"what changes told of {pulls} pulls was held against this full one, {found.compared:,} {noun}"
    if not found.count:
        return f"{proven}: no difference"
    with file.open("w", encoding="utf-8-sig", newline="") as listed:
        csv.writer(listed).writerows([(header, "difference"), *found.rows()])
    return f"{proven}: {found.count:,} differ, {found}; {file.name} lists them. This pull is right"
