"""Many computers into a Samba domain that no controller runs: one through all of its modules, the others as copies of it.

Adding them all through the modules slows down with their number, and would take half an hour for 50,000.
Copies share what no search looks at, such as the metadata of replication: they are for reading, not for changing.
Run by the system's Python, which has Samba's own bindings: `python3 clone_computers.py FOLDER BASE COUNT`, then `samba-tool dbcheck --reindex`.
"""

import random
import struct
import sys
from typing import Any
from uuid import UUID

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

OUS = 8
WITH_CERTIFICATE, WITH_KEY, DISABLED = 4, 5, 10
"""One computer in so many."""
CERTIFICATE = 900
"""Bytes."""
EPOCH = 134_400_000_000_000_000
"""A FILETIME of late 2026."""
DAY = 864_000_000_000
FIRST_RID = 100_000
Facts = dict[str, "list[str | bytes]"]


def main(folder: str, base: str, count: int) -> None:
    settings = LoadParm()
    settings.load(f"{folder}/etc/smb.conf")
    _templates(SamDB(url=f"{folder}/private/sam.ldb", session_info=system_session(), lp=settings), base)
    raw = ldb.Ldb(f"{folder}/private/sam.ldb.d/{base.upper()}.ldb", options=["modules:"])
    _without_index(raw)
    computer, key = (_served(raw, f"CN={name},OU=Fleet,{base}") for name in ("TEMPLATE", "KEY,CN=TEMPLATE"))
    chance = random.Random(1)
    raw.transaction_start()
    for number in range(count):
        dn = f"CN=PC{number:06d},OU=OU{number % OUS},OU=Fleet,{base}"
        _add(raw, dn, computer | _computer(computer, number, chance))
        if number % WITH_KEY == 0:
            _add(raw, f"CN=KEY{number},{dn}", key | _named(f"KEY{number}", key, number, chance))
    raw.transaction_commit()


def _templates(database: Any, base: str) -> None:
    database.add({"dn": f"OU=Fleet,{base}", "objectClass": "organizationalUnit"})
    for number in range(OUS):
        database.add({"dn": f"OU=OU{number},OU=Fleet,{base}", "objectClass": "organizationalUnit"})
    computer = {"objectClass": "computer", "sAMAccountName": "TEMPLATE$", "userAccountControl": "4096"}
    system = {"operatingSystem": "Windows 11 Enterprise", "operatingSystemVersion": "10.0 (22631)"}
    names = {"dNSHostName": "template.example.test", "servicePrincipalName": ["HOST/A", "HOST/B"]}
    times = {"lastLogonTimestamp": str(EPOCH), "userCertificate": bytes(CERTIFICATE)}
    dn = f"CN=TEMPLATE,OU=Fleet,{base}"
    database.add({"dn": dn, **computer, **system, **names, **times}, controls=["relax:0"])
    key = {"objectClass": "msFVE-RecoveryInformation", "msFVE-RecoveryPassword": "1"}
    ids = {"msFVE-RecoveryGuid": bytes(16), "msFVE-VolumeGuid": bytes(16)}
    database.add({"dn": f"CN=KEY,{dn}", **key, **ids}, controls=["relax:0"])


def _without_index(raw: Any) -> None:
    """Made anew afterwards, in one go."""
    change = ldb.Message(ldb.Dn(raw, "@INDEXLIST"))
    change["@IDXATTR"] = ldb.MessageElement([], ldb.FLAG_MOD_DELETE, "@IDXATTR")
    raw.modify(change)


def _served(raw: Any, dn: str) -> Facts:
    entry = raw.search(dn, ldb.SCOPE_BASE)[0]
    return {name: [bytes(value) for value in entry[name]] for name in entry if name != "dn"}


def _named(name: str, template: Facts, number: int, chance: random.Random) -> Facts:
    usn = str(int(template["uSNCreated"][0]) + number)
    guid = UUID(int=chance.getrandbits(128)).bytes_le
    return {"cn": [name], "name": [name], "objectGUID": [guid], "uSNCreated": [usn], "uSNChanged": [usn]}


def _computer(template: Facts, number: int, chance: random.Random) -> Facts:
    name, sid = f"PC{number:06d}", template["objectSid"][0]
    assert isinstance(sid, bytes)
    host = f"{name.lower()}.example.test"
    return {
        **_named(name, template, number, chance),
        "sAMAccountName": [f"{name}$"],
        "dNSHostName": [host],
        "objectSid": [sid[:-4] + struct.pack("<I", FIRST_RID + number)],
        "lastLogonTimestamp": [str(EPOCH - int(chance.uniform(0, 400) * DAY))],
        "servicePrincipalName": [f"HOST/{name}", f"HOST/{host}"],
        "userAccountControl": ["4098" if number % DISABLED == 0 else "4096"],
        "userCertificate": [chance.randbytes(CERTIFICATE)] if number % WITH_CERTIFICATE == 0 else [],
    }


def _add(raw: Any, dn: str, facts: Facts) -> None:
    message = ldb.Message(ldb.Dn(raw, dn))
    for name, values in (facts | {"distinguishedName": [dn]}).items():
        if values:
            message[name] = ldb.MessageElement(values, ldb.FLAG_MOD_ADD, name)
    raw.add(message)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
