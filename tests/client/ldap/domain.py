"""A domain to try the client on, real or the lab's, and what a test puts into it: the same bodies run on both."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from ldap3 import BASE, MODIFY_REPLACE

from reconcile.client.ldap.bind import Account
from reconcile.client.ldap.entry import Entry
from reconcile.client.ldap.look import Pin
from reconcile.client.ldap.protection import DACL_ONLY, DELETE, DELETE_CHILD, DELETE_TREE, EVERYONE
from reconcile.client.ldap.session import ANYTHING, Control, Session, connected
from reconcile.lab.directory.entry import values
from reconcile.lab.directory.forest import forest
from reconcile.lab.ldap.lab import DirectoryLab
from reconcile.lab.ldap.serve import serving_ldap
from tests.certificates import Authority
from tests.samba import ADMINISTRATOR, PASSWORD, Samba

LOW_PASSWORD = "Passw0rd!Low"
LAB_SID = "S-1-5-21-1850421077-2711046213-3312908754"
RECOVERY_PASSWORD = "-".join(["111111"] * 8)


@dataclass
class Domain:
    """`elsewhere` is a URL that the same server answers on, and that its certificate does not name; `lab` is None for a real one."""

    url: str
    start_tls: str
    elsewhere: str
    ca_file: Path
    admin: Account
    low: Account
    lab: DirectoryLab | None = None

    @contextmanager
    def session(self, account: Account | None = None, url: str | None = None) -> Iterator[Session]:
        """The administrator's unless it is somebody else's."""
        with connected(url or self.url, account or self.admin, str(self.ca_file)) as session:
            yield session


@dataclass
class Place:
    """An OU of the test's own."""

    domain: Domain
    session: Session
    ou: str
    names: list[str] = field(default_factory=list)

    def add(self, dn: str, kind: str, **attributes: Any) -> str:
        self.session.connection.add(dn, kind, attributes)
        assert self.session.connection.result["description"] == "success", self.session.connection.result
        return dn

    def below(self, name: str) -> str:
        """Another OU, within it."""
        return self.add(f"OU={name},{self.ou}", "organizationalUnit")

    def computer(self, **attributes: Any) -> Pin:
        name = f"PC{uuid4().hex[:10]}".upper()
        self.names.append(name)
        facts = {"sAMAccountName": f"{name}$", "userAccountControl": "4096", "dNSHostName": f"{name}.example.test"}
        dn = self.add(f"CN={name},{self.ou}", "computer", **(facts | attributes))
        return Pin(str(self.guid(dn)))

    def key(self, pin: Pin, password: str = RECOVERY_PASSWORD) -> str:
        """The DN of a BitLocker key of that computer."""
        one = uuid4()
        return self.add(
            f"CN=2026-01-01T00:00:00-00:00{{{one}}},{self.dn(pin)}",
            "msFVE-RecoveryInformation",
            **{"msFVE-RecoveryPassword": password, "msFVE-RecoveryGuid": one.bytes_le},
            **{"msFVE-VolumeGuid": uuid4().bytes_le, "msFVE-KeyPackage": b"package"},
        )

    def change(self, dn: str, **attributes: Any) -> None:
        """Each by one value."""
        reply = self.session.modify(dn, {name: [(MODIFY_REPLACE, [value])] for name, value in attributes.items()})
        assert reply.ok, reply.said

    def protect(self, dn: str) -> None:
        """From accidental deletion, on the object alone."""
        self._deny(dn, DELETE | DELETE_TREE)

    def deny_child_deletion(self, dn: str) -> None:
        self._deny(dn, DELETE_CHILD)

    def entry(self, dn: str, *attributes: str, controls: tuple[Control, ...] = ()) -> Entry:
        (found,) = self.session.search(dn, ANYTHING, attributes or ["*"], scope=BASE, controls=controls).entries
        return found

    def guid(self, dn: str) -> UUID:
        guid = self.entry(dn, "objectGUID").guid
        assert guid is not None
        return guid

    def dn(self, pin: Pin) -> str:
        """Where it is now."""
        return self.entry(pin.dn, "objectGUID").dn

    def _deny(self, dn: str, rights: int) -> None:
        before = self.entry(dn, "nTSecurityDescriptor", controls=(DACL_ONLY,)).values["ntsecuritydescriptor"][0]
        changes = {"nTSecurityDescriptor": [(MODIFY_REPLACE, [denying(before, rights)])]}
        reply = self.session.modify(dn, changes, [DACL_ONLY])
        assert reply.ok, reply.said


def denying(descriptor: bytes, rights: int) -> bytes:
    """The DACL of it, and before all the rest a deny for Everyone."""
    at = struct.unpack_from("<I", descriptor, 16)[0]
    revision, _, size, count, _ = struct.unpack_from("<BBHHH", descriptor, at)
    aces = struct.pack("<BBHI", 1, 0, 8 + len(EVERYONE), rights) + EVERYONE + descriptor[at + 8 : at + size]
    control = struct.unpack_from("<H", descriptor, 2)[0]
    acl = struct.pack("<BBHHH", revision, 0, 8 + len(aces), count + 1, 0) + aces
    return struct.pack("<BBHIIII", 1, 0, control, 0, 0, 0, 20) + acl


@contextmanager
def place(domain: Domain) -> Iterator[Place]:
    with domain.session() as session:
        one = Place(domain, session, f"OU=T{uuid4().hex[:10]},{session.root.base}")
        one.add(one.ou, "organizationalUnit")
        yield one


@contextmanager
def lab_domain(folder: Path, *, name: str = "example.test", recycle_bin: bool = False) -> Iterator[Domain]:
    directory = forest(name, LAB_SID, lambda: datetime.now(UTC), recycle_bin=recycle_bin)
    lab = DirectoryLab(directory)
    for user, password, admin in (("Administrator", PASSWORD, True), ("low", LOW_PASSWORD, False)):
        dn = f"CN={user},CN=Users,{directory.base}"
        directory.add(dn, "user", values({"sAMAccountName": user, "userPrincipalName": f"{user}@{name}"}))
        directory.sign_up(dn, password, admin=admin)
    context = Authority().issue("localhost").context(folder)
    with serving_ldap(lab, tls=context) as url, serving_ldap(lab, tls=context, start_tls=True) as plain:
        yield Domain(
            url,
            plain.replace("127.0.0.1", "localhost"),
            url.replace("localhost", "127.0.0.1"),
            folder / "ca.pem",
            Account("simple", f"Administrator@{name}", PASSWORD),
            Account("simple", f"low@{name}", LOW_PASSWORD),
            lab,
        )


def samba_domain(samba: Samba) -> Domain:
    """With an account of low privilege, made now."""
    name = f"low{uuid4().hex[:8]}"
    domain = Domain(
        samba.url,
        samba.start_tls,
        f"ldaps://{samba.other}",
        samba.ca_file,
        Account("simple", ADMINISTRATOR, PASSWORD),
        Account("simple", f"{name}@example.test", LOW_PASSWORD),
    )
    with domain.session() as session:
        Place(domain, session, "").add(
            f"CN={name},CN=Users,{session.root.base}",
            "user",
            sAMAccountName=name,
            userPrincipalName=f"{name}@example.test",
            userAccountControl="512",
            unicodePwd=f'"{LOW_PASSWORD}"'.encode("utf-16-le"),
        )
    return domain
