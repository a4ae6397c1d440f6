"""Thumbprints of device certificates, as alternativeSecurityIds holds them.

A key is the base64 of UTF-16: `X509:<SHA1-TP-PUBKEY>`, the 40 hex digits of the thumbprint, and what does not matter here.
"""

import base64
import binascii
import string
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DIGITS = 40
BLOCK = 1 << 16
PREFIX: Final = base64.b64encode("X509:<SHA1-TP-PUBKEY>".encode("utf-16-le")).decode()
"""It fills whole groups of base64, so every key begins with the same letters."""
LETTERS = 107
"""So many letters hold the 80 bytes of the digits; one more fills the last group."""
HEX = np.zeros(256, np.bool_)
HEX[list(b"0123456789abcdefABCDEF")] = True
BASE64 = np.zeros(256, np.bool_)
BASE64[list(b"+/" + (string.ascii_letters + string.digits).encode())] = True


def thumbprints(lists: pa.ListArray) -> pa.StringArray:
    """The first of each list, in upper case; null where there is none that can be read."""
    keys = lists.flatten()
    is_key = pc.and_(pc.starts_with(keys, PREFIX), pc.greater_equal(pc.binary_length(keys), len(PREFIX) + LETTERS))
    rows = np.flatnonzero(pc.fill_null(is_key, fill_value=False))
    texts = _decoded(keys if len(rows) == len(keys) else keys.take(pa.array(rows)))
    readable = np.flatnonzero(texts.is_valid())
    owners, first = np.unique(np.asarray(pc.list_parent_indices(lists))[rows[readable]], return_index=True)
    at = np.full(len(lists), -1)
    at[owners] = readable[first]
    return texts.take(pa.array(at, mask=at < 0))


def _decoded(keys: pa.StringArray) -> pa.StringArray:
    """All at once: letters in whole groups may stand one after the other."""
    blocks = [_block(keys[at : at + BLOCK]) for at in range(0, len(keys), BLOCK)]
    return pa.concat_arrays([pa.array([], pa.string()), *blocks])


def _block(keys: pa.StringArray) -> pa.StringArray:
    cut = pc.binary_slice(keys.cast(pa.binary()), len(PREFIX), len(PREFIX) + LETTERS)
    letters = np.full((len(keys), LETTERS + 1), ord("A"), np.uint8)
    letters[:, :LETTERS] = np.frombuffer(cut.buffers()[2], np.uint8).reshape(-1, LETTERS)
    is_base64 = BASE64[letters].all(axis=1)
    letters[~is_base64] = ord("A")
    pairs = np.frombuffer(binascii.a2b_base64(letters.tobytes()), np.uint8).reshape(len(keys), -1)
    digits, highs = np.ascontiguousarray(pairs[:, : 2 * DIGITS : 2]), pairs[:, 1 : 2 * DIGITS : 2]
    readable = is_base64 & HEX[digits].all(axis=1) & (highs == 0).all(axis=1)
    ends = pa.py_buffer(np.arange(0, digits.size + 1, DIGITS, dtype=np.int32))
    hexes = pa.BinaryArray.from_buffers(pa.binary(), len(keys), [None, ends, pa.py_buffer(digits)])
    return pc.ascii_upper(pc.if_else(pa.array(readable), hexes, pa.scalar(None, pa.binary())).cast(pa.string()))
