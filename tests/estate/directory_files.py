"""`inputs/directory/`: Export-Csv for corp, ldapsearch for emea, ConvertTo-Json of Windows PowerShell for lab."""

import base64
import json
import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from tests.estate.invention import CORP, EMEA, LAB, dice
from tests.estate.rows import Computer

EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
COLUMNS = (
    "Name",
    "DNSHostName",
    "SamAccountName",
    "DistinguishedName",
    "ObjectClass",
    "objectGUID",
    "SID",
    "Enabled",
    "OperatingSystem",
    "OperatingSystemVersion",
    "userAccountControl",
    "PrimaryGroupID",
    "isCriticalSystemObject",
    "ProtectedFromAccidentalDeletion",
    "userCertificateCount",
    "ServicePrincipalNames",
    "lastLogonTimestamp",
    "pwdLastSet",
    "whenCreated",
)
ASKED = (
    "objectClass cn name objectGUID objectSid userAccountControl primaryGroupID operatingSystem operatingSystemVersion "
    "dNSHostName sAMAccountName servicePrincipalName userCertificate lastLogonTimestamp pwdLastSet whenCreated isCriticalSystemObject"
)


def files(computers: Iterable[Computer]) -> Iterator[tuple[str, bytes]]:
    ordered = sorted(computers, key=lambda one: one.name.casefold())
    yield "corp.contoso.example.csv", _csv([one for one in ordered if one.domain == CORP])
    yield "emea.contoso.example.ldif", _ldif([one for one in ordered if one.domain == EMEA])
    yield "lab.contoso.example.json", _json([one for one in ordered if one.domain == LAB])


def name_of(computer: Computer) -> str:
    return f"CN={computer.name},{computer.path},{computer.domain.base}"


def _filetime(moment: datetime | int | None) -> int | None:
    """100 ns since 1601; the last digits as a clock has them."""
    if not isinstance(moment, datetime):
        return moment
    seconds = (moment - EPOCH).days * 86_400 + (moment - EPOCH).seconds
    return seconds * 10_000_000 + dice("ticks", str(seconds)).randrange(10_000_000)


def _csv(computers: list[Computer]) -> bytes:
    """Windows PowerShell quotes every value that there is, and writes nothing for $null."""
    lines = [COLUMNS, *(_csv_row(computer) for computer in computers)]
    text = "".join(",".join("" if value is None else f'"{value}"' for value in line) + "\r\n" for line in lines)
    return text.encode("utf-8-sig")


def _csv_row(one: Computer) -> tuple[str | int | None, ...]:
    return (
        one.name,
        one.dns,
        one.sam,
        name_of(one),
        one.kind,
        one.guid,
        one.sid,
        str(one.enabled),
        one.os,
        one.version,
        one.control,
        one.group,
        str(one.critical),
        str(one.group == 516),
        one.certificates,
        ";".join(one.services),
        _filetime(one.logon),
        _filetime(one.password),
        f"{one.created:%Y-%m-%dT%H:%M:%S}.0000000Z",
    )


def _ldif(computers: list[Computer]) -> bytes:
    head = (
        f"# extended LDIF\n#\n# LDAPv3\n# base <{EMEA.base}> with scope subtree\n# filter: (objectCategory=computer)\n"
        f"# requesting: {ASKED}\n# with pagedResults control: size=500\n#\n\n"
    )
    body = "\n".join(_ldif_entry(computer) for computer in computers)
    tail = "\n# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\n"
    counts = f"pagedresults: cookie=\n\n# numResponses: {len(computers) + 1}\n# numEntries: {len(computers)}\n"
    return (head + body + tail + counts).encode()


def _ldif_entry(one: Computer) -> str:
    comment = f"# {one.name}, {', '.join(part.split('=')[1] for part in f'{one.path},{EMEA.base}'.split(','))}"
    lines = [comment if comment.isascii() else f"# {one.name}", _line("dn", name_of(one))]
    lines += [_line(name, value) for name, value in _ldif_values(one) if value is not None]
    return "\n".join(lines) + "\n"


def _ldif_values(one: Computer) -> Iterator[tuple[str, str | int | bytes | None]]:
    yield from (("objectClass", name) for name in ("top", "person", "organizationalPerson", "user", "computer"))
    yield from (
        ("cn", one.name),
        ("name", one.name),
        ("objectGUID", UUID(one.guid).bytes_le),
        ("objectSid", _sid(one.sid)),
    )
    yield from (("userAccountControl", one.control), ("primaryGroupID", one.group), ("operatingSystem", one.os))
    yield from (("operatingSystemVersion", one.version), ("dNSHostName", one.dns), ("sAMAccountName", one.sam))
    yield from (("servicePrincipalName", service) for service in one.services)
    yield from (("userCertificate", _certificate(one, number)) for number in range(one.certificates))
    yield from (("lastLogonTimestamp", _filetime(one.logon)), ("pwdLastSet", _filetime(one.password)))
    yield from (
        ("whenCreated", f"{one.created:%Y%m%d%H%M%S}.0Z"),
        ("isCriticalSystemObject", str(one.critical).upper()),
    )


def _line(name: str, value: str | int | bytes) -> str:
    """One attribute, in base64 where it is not plain, folded after 79 characters as ldapsearch does."""
    plain = not isinstance(value, bytes) and str(value).isascii()
    raw = value if isinstance(value, bytes) else str(value).encode()
    text = f"{name}: {value!s}" if plain else f"{name}:: {base64.b64encode(raw).decode()}"
    rest = [text[start : start + 78] for start in range(79, len(text), 78)]
    return "\n ".join([text[:79], *rest])


def _sid(text: str) -> bytes:
    authority, *parts = (int(part) for part in text.split("-")[2:])
    return bytes([1, len(parts)]) + authority.to_bytes(6, "big") + struct.pack(f"<{len(parts)}I", *parts)


def _certificate(one: Computer, number: int) -> bytes:
    """The beginning of a DER certificate, and noise: nobody reads more than that it is there."""
    return bytes.fromhex("3082016a30820110a0030201020210") + dice("certificate", one.guid, str(number)).randbytes(90)


def _json(computers: list[Computer]) -> bytes:
    """As `ConvertTo-Json > file` of Windows PowerShell 5.1 leaves it: UTF-16, dates as /Date(ms)/, a SID as an object."""
    text = json.dumps([_default(computer) for computer in computers], indent=4, ensure_ascii=False)
    return b"\xff\xfe" + text.replace("/Date(", "\\/Date(").replace(")/", ")\\/").replace("\n", "\r\n").encode(
        "utf-16-le"
    )


def _default(one: Computer) -> dict[str, object]:
    return {
        "DistinguishedName": name_of(one),
        "DNSHostName": one.dns,
        "Enabled": one.enabled,
        "lastLogonTimestamp": _filetime(one.logon),
        "Name": one.name,
        "ObjectClass": one.kind,
        "ObjectGUID": one.guid,
        "OperatingSystem": one.os,
        "pwdLastSet": _filetime(one.password),
        "SamAccountName": one.sam,
        "SID": {"BinaryLength": 28, "AccountDomainSid": {"BinaryLength": 24, "Value": LAB.sid}, "Value": one.sid},
        "UserPrincipalName": None,
        "whenCreated": f"/Date({int(one.created.timestamp()) * 1000})/",
    }
