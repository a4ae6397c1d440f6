"""One request on its way through the routes, and what its query options mean."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.refusal import Refusal, bad, missing, unsupported
from reconcile.lab.graph.tenant import Row
from reconcile.lab.graph.wire import Ask

MAX_TOP = 999
PAGE = 100
ON_SELECT = {"onPremisesSecurityIdentifier"}
"""Served only to those who name it (Graph, resources/device)."""

_object = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True)
class Call:
    """`keys` are what the path holds, `roles` what the token grants."""

    lab: Lab
    ask: Ask
    keys: Mapping[str, str]
    roles: frozenset[str]

    @property
    def base(self) -> str:
        return f"{self.ask.origin}/{self.ask.version}"

    def may(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def context(self, what: str) -> str:
        return f"{self.base}/$metadata#{what}"

    def eventual(self) -> bool:
        return self.ask.headers.get("consistencylevel", "").lower() == "eventual"

    def counted(self) -> bool:
        """Whether $count=true is asked; raises where the header it needs is missing."""
        asked = self.ask.query.get("$count", "").lower() == "true"
        if asked and not self.eventual():
            raise unsupported("$count is not currently supported without the header ConsistencyLevel: eventual.")
        return asked

    def selected(self) -> tuple[str, ...]:
        """What $select names; raises where this cloud does not know one of them."""
        names = names_in(self.ask.query.get("$select", ""))
        for name in names:
            if name in self.lab.unknown_members:
                raise bad(f"Could not find a property named '{name}' on type 'microsoft.graph.device'.")
        return names

    def size(self, default: int = PAGE, most: int = MAX_TOP) -> int:
        text = self.ask.query.get("$top")
        if text is None:
            return default
        if not text.isascii() or not text.isdecimal() or int(text) == 0:
            raise bad(f"Invalid page size specified: '{text}'. Must be between 1 and {most} inclusive.")
        return min(int(text), most)

    def json(self) -> dict[str, Any]:
        """The body; raises where it is no JSON object."""
        if not self.ask.headers.get("content-type", "").lower().startswith("application/json"):
            raise Refusal(400, "BadRequest", "A Content-Type header of application/json is needed for this body.")
        try:
            return _object.decode(self.ask.body)
        except msgspec.DecodeError as error:
            raise Refusal(400, "BadRequest", "Unable to read JSON request payload.") from error


def names_in(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def chosen(row: Row, names: tuple[str, ...]) -> Row:
    """What $select leaves of it; without one, all but what is served on $select only."""
    if names:
        return {name: row[name] for name in names if name in row}
    return {name: value for name, value in row.items() if name not in ON_SELECT}


def identifier(text: str) -> str:
    """A GUID as it is kept; raises for what is none."""
    try:
        guid = str(uuid.UUID(text))
    except ValueError as error:
        raise bad(f"Invalid object identifier '{text}'.") from error
    if guid != text.lower():
        raise bad(f"Invalid object identifier '{text}'.")
    return guid


def found(rows: Mapping[str, Row], key: str) -> Row:
    guid = identifier(key)
    if guid not in rows:
        raise missing(key)
    return rows[guid]


EXPAND = re.compile(r"registeredOwners(?:\(\$select=([^)]*)\))?")


def expanded(call: Call) -> tuple[str, ...] | None:
    """The members of the owners to expand, empty for all; None where nothing is expanded."""
    text = call.ask.query.get("$expand")
    if text is None:
        return None
    match = EXPAND.fullmatch(text.strip())
    if match is None:
        raise bad(f"Could not expand '{text}': only registeredOwners is known here.")
    return names_in(match[1] or "")
