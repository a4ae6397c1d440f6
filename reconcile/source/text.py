"""The text of a file, whatever program wrote it: UTF-8, UTF-16 or ANSI."""

import codecs
import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
ANSI = "cp1252"
PROBE = 256
"""So many bytes at the start tell UTF-16 without a mark: headers and brackets are ASCII."""
BLOCK = 1 << 20
LF, CR = b"\n\r"

Positions = npt.NDArray[np.int64]


def decode(data: bytes) -> tuple[str, str]:
    """The text without its mark, and the encoding's name; bytes that no character stands for become U+FFFD."""
    start, encoding = _encoding(data)
    return str(memoryview(data)[start:], "utf-8" if encoding == "utf-8-sig" else encoding, "replace"), encoding


def as_utf8(path: Path) -> tuple[bytes, str]:
    """The file as valid UTF-8 without its mark, and the encoding that it is in."""
    data = path.read_bytes()
    if _encoding(data)[1] == "utf-8":
        return data, "utf-8"
    text, encoding = decode(data)
    return text.encode(), encoding


def probe(path: Path) -> tuple[str, str]:
    """The encoding of a file, and its SHA-256, without holding the whole of it."""
    digest, utf8 = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        encoding = _told(stream.read(PROBE))[1] or "utf-8"
        stream.seek(0)
        while True:
            block = stream.read(BLOCK)
            digest.update(block)
            if encoding == "utf-8" and not _goes_on(utf8, block):
                encoding = ANSI
            if not block:
                return encoding, digest.hexdigest()


def filled_lines(data: bytes | memoryview) -> Positions:
    """The lines, from 0, in which anything stands."""
    text = np.frombuffer(data, np.uint8)
    blocks = range(0, len(text), BLOCK)
    ends = np.concatenate([np.flatnonzero(text[at : at + BLOCK] == LF) + at for at in blocks] + [np.array([len(text)])])
    starts = np.concatenate([[0], ends[:-1] + 1])
    empty = ends == starts
    empty[ends - starts == 1] = text[starts[ends - starts == 1]] == CR
    return np.flatnonzero(~empty).astype(np.int64)


def _encoding(data: bytes) -> tuple[int, str]:
    """How many bytes the mark takes, and the encoding."""
    start, told = _told(data[:PROBE])
    return start, told or ("utf-8" if _is_utf8(data) else ANSI)


def _told(start: bytes) -> tuple[int, str | None]:
    """How many bytes the mark takes, and the encoding if the start of the text tells it."""
    for mark, encoding in BOMS.items():
        if start.startswith(mark):
            return len(mark), encoding
    return 0, _wide(start)


def _goes_on(utf8: codecs.IncrementalDecoder, block: bytes) -> bool:
    if block.isascii() and not utf8.getstate()[0]:
        return True
    try:
        utf8.decode(block, final=not block)
    except UnicodeDecodeError:
        return False
    return True


def _wide(start: bytes) -> str | None:
    """UTF-16 of mostly ASCII text: every second byte is zero."""
    pairs = np.frombuffer(start[: len(start) // 2 * 2], np.uint8).reshape(-1, 2)
    if not len(pairs):
        return None
    first, second = (pairs == 0).mean(axis=0)
    many, few = 0.7, 0.1
    if second > many and first < few:
        return "utf-16-le"
    return "utf-16-be" if first > many and second < few else None


def _is_utf8(data: bytes) -> bool:
    """Arrow checks without making a second copy of the text."""
    if data.isascii():
        return True
    ends = pa.py_buffer(np.array([0, len(data)], np.int64).tobytes())
    try:
        pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(data)]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True
