"""Recovery secrets that would be lost with a device: BitLocker keys and LAPS passwords. A no is an answer, not a fault.

Source: Graph's bitlockerRecoveryKey and deviceLocalCredentialInfo; each read of a key is audited by Entra.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.graph.pages import refuse_detour
from reconcile.client.graph.refusal import FORBIDDEN, NOT_FOUND, Refusal
from reconcile.client.graph.request import get, linked
from reconcile.client.graph.right import READ_KEYS, READ_PASSWORDS, Right
from reconcile.client.graph.session import Graph

T = TypeVar("T")

SERVED = 200


@dataclass(frozen=True)
class Key:
    id: str
    volume: str
    """As Graph has it: 1 operating system, 2 fixed data, 3 removable data."""
    created_at: datetime | None
    key: str = field(repr=False)


@dataclass(frozen=True)
class Password:
    account: str
    sid: str | None
    backed_up_at: datetime | None
    password: str = field(repr=False)


@dataclass(frozen=True)
class Withheld:
    """Why the secrets of a device could not be read: nothing is known of them, not even whether there are any."""

    refusal: Refusal
    needs: Right | None

    def __str__(self) -> str:
        return f"{self.refusal}. It needs {self.needs}" if self.needs else str(self.refusal)


class _Key(msgspec.Struct, frozen=True, rename="camel"):
    id: str = ""
    volume_type: str | int | None = None
    created_date_time: datetime | None = None
    key: str | None = None


class _Keys(msgspec.Struct, frozen=True):
    value: list[_Key]
    next: str | None = msgspec.field(default=None, name="@odata.nextLink")


class _Credential(msgspec.Struct, frozen=True, rename="camel"):
    account_name: str | None = None
    account_sid: str | None = None
    backup_date_time: datetime | None = None
    password_base64: str | None = None


class _Credentials(msgspec.Struct, frozen=True):
    credentials: list[_Credential] | None = None


async def bitlocker_keys(graph: Graph, device_id: str) -> tuple[Key, ...] | Withheld:
    """All keys of the device, each read by itself. Raises SourceIncomplete or SourceError where they cannot be read to the end."""
    keys = graph.build.information_protection.bitlocker.recovery_keys
    request = get(keys, filter=f"deviceId eq '{device_id}'")
    found: list[Key] = []
    seen: set[str] = set()
    while True:
        page = await _ask(graph, request, READ_KEYS, _keys)
        if isinstance(page, Withheld):
            return page
        for listed in page.value:
            read = await _ask(graph, get(keys.by_bitlocker_recovery_key_id(listed.id), select=["key"]), READ_KEYS, _key)
            if isinstance(read, Withheld):
                return read
            if not read.key:
                return Withheld(Refusal(SERVED, "", f"key {listed.id} was served without itself"), READ_KEYS)
            found.append(Key(listed.id, str(listed.volume_type or ""), listed.created_date_time, read.key))
        if page.next is None:
            return tuple(found)
        refuse_detour(graph, page.next, seen)
        seen.add(page.next)
        request = linked(page.next)


async def laps_passwords(graph: Graph, device_id: str) -> tuple[Password, ...] | Withheld:
    """All that Entra holds of the device, the newest first as served; none where it never backed one up. Raises SourceError."""
    one = graph.build.directory.device_local_credentials.by_device_local_credential_info_id(device_id)
    held = await _ask(graph, get(one, select=["credentials"]), READ_PASSWORDS, _credentials)
    if isinstance(held, Withheld):
        return () if held.refusal.status == NOT_FOUND and held.refusal.code else held  # and not a proxy's 404
    try:
        return tuple(_password(item) for item in ([_Credential()] if held.credentials is None else held.credentials))
    except ValueError:
        return Withheld(Refusal(SERVED, "", f"the passwords of {device_id} were served without one"), READ_PASSWORDS)


async def _ask(graph: Graph, request: RequestInformation, right: Right, decode: Callable[[bytes], T]) -> T | Withheld:
    reply, answer = await graph.ask(request, decode)
    if answer is not None:
        return answer
    return Withheld(reply.refusal, right if reply.status == FORBIDDEN else None)


_keys = msgspec.json.Decoder(_Keys).decode


def _key(body: bytes) -> _Key:
    return msgspec.json.decode(_bare(body), type=_Key)


def _credentials(body: bytes) -> _Credentials:
    return msgspec.json.decode(_bare(body), type=_Credentials)


def _bare(body: bytes) -> bytes:
    """The documentation wraps a single object in "value", the service does not."""
    value = bytes(msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get("value", b""))
    return value if value.startswith(b"{") else body


def _password(item: _Credential) -> Password:
    """Raises ValueError where there is none, or what is served is none."""
    text = base64.b64decode(item.password_base64 or "", validate=True).decode("utf-16-le")
    if not text:
        raise ValueError(item.account_name)
    return Password(item.account_name or "", item.account_sid, item.backup_date_time, text)
