"""Columns of chance: ids, times and choices by the hundred thousand, the same for the same seed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
CLOCK = np.datetime64(NOW.replace(tzinfo=None), "s")

Mask: TypeAlias = npt.NDArray[np.bool_]
Times: TypeAlias = npt.NDArray[np.datetime64]
Bytes: TypeAlias = npt.NDArray[np.uint8]

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
_BASE64 = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", np.uint8)
_DASHES = (8, 13, 18, 23)
_KEY = b"X509:<SHA1-TP-PUBKEY>"
_BATCH = 50_000


class Chance:
    def __init__(self, seed: int) -> None:
        self._numbers = np.random.default_rng(seed)

    def guids(self, count: int) -> pa.Array:
        digits = self._hex(count, 16)
        for dash in _DASHES:
            digits = np.insert(digits, dash, ord("-"), axis=1)
        return texts_of(digits)

    def keys(self, count: int) -> pa.Array:
        """Device certificates as alternativeSecurityIds has them: base64 of UTF-16 with the thumbprint in it."""
        batches = [self._keys(min(_BATCH, count - start)) for start in range(0, count, _BATCH)]
        return pa.concat_arrays(batches) if batches else pa.array([], pa.string())

    def holds(self, count: int, share: float) -> Mask:
        mask: Mask = self._numbers.random(count) < share
        return mask

    def pick(self, count: int, weights: Mapping[str | None, float]) -> pa.Array:
        """One of the texts a row, in the proportion of their weights."""
        share = np.array(list(weights.values())) / sum(weights.values())
        return pa.array(list(weights), pa.string()).take(pa.array(self._numbers.choice(len(share), count, p=share)))

    def ago(self, count: int, least: float, most: float) -> Times:
        """Whole seconds, between so many days before the clock."""
        return self.before(np.full(count, CLOCK), least, most)

    def before(self, times: Times, least: float, most: float) -> Times:
        seconds = self._numbers.integers(int(least * 86_400), int(most * 86_400), len(times))
        earlier: Times = times - seconds.astype("timedelta64[s]")
        return earlier

    def numbers(self, count: int, least: int, most: int) -> pa.Array:
        """As text."""
        return pa.array(self._numbers.integers(least, most, count)).cast(pa.string())

    def order(self, count: int) -> npt.NDArray[np.int64]:
        return self._numbers.permutation(count)

    def _hex(self, count: int, width: int) -> Bytes:
        drawn = self._numbers.integers(0, 256, (count, width), dtype=np.uint8)
        return _HEX[np.stack([drawn >> 4, drawn & 15], axis=2)].reshape(count, 2 * width)

    def _keys(self, count: int) -> pa.Array:
        head = np.broadcast_to(np.frombuffer(_KEY, np.uint8), (count, len(_KEY)))
        thumbprint = np.char.upper(self._hex(count, 20).view("S1")).view(np.uint8).reshape(count, 40)
        hashed = base64(self._numbers.integers(0, 256, (count, 33), dtype=np.uint8))
        text = np.concatenate([head, thumbprint, hashed], axis=1)
        return texts_of(base64(np.stack([text, np.zeros_like(text)], axis=2).reshape(count, -1)))


def base64(rows: Bytes) -> Bytes:
    """Each row in base64; its length is a multiple of three."""
    triples = rows.reshape(len(rows), -1, 3)
    first, second, third = triples[:, :, 0], triples[:, :, 1], triples[:, :, 2]
    sixes = [first >> 2, (first & 3) << 4 | second >> 4, (second & 15) << 2 | third >> 6, third & 63]
    return _BASE64[np.stack(sixes, axis=2)].reshape(len(rows), -1)


def texts_of(rows: Bytes) -> pa.Array:
    """Each row of ASCII bytes as one text."""
    offsets = np.arange(len(rows) + 1, dtype=np.int32) * rows.shape[1]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows))]
    return pa.Array.from_buffers(pa.string(), len(rows), buffers)


def join(*parts: "pa.Array | str") -> pa.Array:
    """The texts one after the other; null where any is."""
    return pc.binary_join_element_wise(*parts, "")


def lists(*columns: pa.Array) -> pa.Array:
    """A list a row of what the columns hold there; nulls are left out."""
    count = len(columns[0])
    order = np.arange(count)[:, None] + count * np.arange(len(columns))[None, :]
    values = pa.concat_arrays(columns).take(pa.array(order.reshape(-1)))
    lengths = np.asarray(values.is_valid()).reshape(count, len(columns)).sum(axis=1)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, values.drop_null())


def iso(values: Times, after: str = "Z") -> pa.Array:
    return join(pc.strftime(pa.array(values, pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%S"), after)


def filetime(values: Times) -> pa.Array:
    """Ticks of 100 ns since 1601, as text."""
    seconds = values.astype("datetime64[s]").astype(np.int64) + 11_644_473_600
    return pa.array(seconds * 10_000_000 + 1_234_567).cast(pa.string())
