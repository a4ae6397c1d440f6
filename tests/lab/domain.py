"""A domain of the test's own, served, and plain ldap3 to ask it with."""

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from ldap3 import BASE, NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPExceptionError

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Facts, values
from reconcile.lab.directory.forest import forest
from reconcile.lab.directory.schema import ATTRIBUTES
from reconcile.lab.directory.values import Change
from reconcile.lab.ldap.lab import DirectoryLab
from reconcile.lab.ldap.serve import serving_ldap
from tests.lab.graph.asking import NOW

SID = "S-1-5-21-1850421077-2711046213-3312908754"
DOMAIN = "aldermoor.example"
PASSWORD = "open sesame"
SHOW = [("1.2.840.113556.1.4.417", True, None)]
TREE = [("1.2.840.113556.1.4.805", True, None)]
BASE_DN = "DC=aldermoor,DC=example"
FLEET = f"OU=Fleet,{BASE_DN}"


def domain(*, recycle_bin: bool = False) -> Directory:
    """With an OU, and two who can sign in: `admin` and `reader`. Each change is a second later than the one before."""
    directory = forest(DOMAIN, SID, lambda: NOW, recycle_bin=recycle_bin)
    directory.now = lambda: NOW + timedelta(seconds=directory.usn)
    directory.add(FLEET, "organizationalUnit")
    for name, admin in (("admin", True), ("reader", False)):
        dn = user_dn(name)
        directory.add(dn, "user", values({"sAMAccountName": name}))
        directory.sign_up(dn, PASSWORD, admin=admin)
    return directory


def user_dn(name: str) -> str:
    return f"CN={name},CN=Users,{BASE_DN}"


def computer(directory: Directory, name: str, place: str = FLEET, **facts: Any) -> UUID:
    known: Facts = {"sAMAccountName": f"{name}$", "dNSHostName": f"{name.lower()}.{DOMAIN}"}
    return directory.add(f"CN={name},{place}", "computer", values(known | facts))


def recovery_key(directory: Directory, name: str, place: str = FLEET) -> UUID:
    dn = f"CN=2026-01-01T00:00:00-00:00{{{UUID(int=7)}}},CN={name},{place}"
    return directory.add(dn, "msFVE-RecoveryInformation", values({"msFVE-RecoveryPassword": "111111-222222"}))


def change(operation: Any, name: str, *given: Any) -> Change:
    return Change(operation, ATTRIBUTES[name.lower()], values({name: list(given)}).get(name, []))


@contextmanager
def verified() -> Iterator[None]:
    """To verify a name, ldap3 calls what Python deprecates, and 3.12 no longer has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@dataclass(frozen=True)
class Served:
    lab: DirectoryLab
    url: str
    authority: Path

    @property
    def directory(self) -> Directory:
        return self.lab.directory

    @contextmanager
    def connection(self, user: str | None = f"admin@{DOMAIN}", password: str | None = PASSWORD) -> Iterator[Connection]:
        """Open, and not yet signed in."""
        scheme, _, port = self.url.partition(":")[0], *self.url.rpartition(":")[1:]
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(self.authority))
        server = Server("localhost", int(port), use_ssl=scheme == "ldaps", tls=tls, get_info=NONE, connect_timeout=5)
        more = {"auto_referrals": False, "check_names": False, "receive_timeout": 5}
        connection = Connection(server, user, password, **more)
        with verified():
            connection.open(read_server_info=False)
        try:
            yield connection
        finally:
            with suppress(LDAPExceptionError):  # what was hung up needs no goodbye
                connection.unbind()

    @contextmanager
    def signed_in(self, name: str = "admin") -> Iterator[Connection]:
        with self.connection(f"{name}@{DOMAIN}") as connection:
            assert connection.bind(read_server_info=False), connection.result
            yield connection


@contextmanager
def served(
    lab: DirectoryLab, tls: ssl.SSLContext | None, authority: Path, *, start_tls: bool = False
) -> Iterator[Served]:
    with serving_ldap(lab, tls=tls, start_tls=start_tls) as url:
        yield Served(lab, url, authority)


def entries(connection: Connection) -> list[dict[str, Any]]:
    return [entry for entry in connection.response or [] if entry["type"] == "searchResEntry"]


def found(
    connection: Connection, wanted: str, base: str = BASE_DN, controls: Any = None, scope: Any = SUBTREE
) -> list[str]:
    """The names of what was found, in order."""
    connection.search(base, wanted, scope, attributes=["1.1"], controls=controls)
    return sorted(entry["dn"] for entry in entries(connection))


def attributes(connection: Connection, dn: str, *names: str, controls: Any = None) -> dict[str, list[bytes]]:
    """As they are on the wire; what is empty is left out."""
    connection.search(dn, "(objectClass=*)", BASE, attributes=list(names) or ["*"], controls=controls)
    (entry,) = entries(connection)
    return {name: given for name, given in entry["raw_attributes"].items() if given}


def result(connection: Connection) -> tuple[int, str]:
    """The code and the name that matched."""
    return connection.result["result"], connection.result["dn"]
