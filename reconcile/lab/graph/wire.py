"""What goes over the wire: what was asked, what was answered, and the record of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request, or one part of a batch. `path` is decoded and without the version; header names are in lower case."""

    method: str
    version: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = ""
    part: bool = False
    met: list[str] = field(default_factory=list)
    """The faults that befell it."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(status: int, body: object, **headers: str) -> Answer:
    """Of the headers' names, underscores are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, msgspec.json.encode(body), {"Content-Type": JSON, "OData-Version": "4.0"} | named)


NOTHING = Answer(204)


@dataclass(frozen=True, kw_only=True)
class Logged:
    """One line of the lab's log. Status 0 means that nothing was answered and nothing was done."""

    method: str
    version: str
    path: str
    query: Mapping[str, str]
    status: int
    changed: bool
    part: bool
    fault: str | None = None
    """The kind, or the kinds with a comma between."""


@dataclass(frozen=True, kw_only=True)
class Exchange(Logged):
    """A line of the log with all that was said; `answer` is whole, also where a fault cut it on its way."""

    headers: Mapping[str, str]
    body: bytes
    answer: bytes
    content_type: str
