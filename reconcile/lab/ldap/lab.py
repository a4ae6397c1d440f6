"""The lab of a domain controller: a directory, what goes wrong with it, and what was asked of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from reconcile.lab.directory.directory import Directory
from reconcile.lab.ldap.fault import LdapFaults

MAX_PAGE = 1000
"""lDAPAdminLimits: MaxPageSize."""


@dataclass(frozen=True)
class Operation:
    """One that was asked. `who`: the account's name, empty before a bind. `code`: None where nothing was answered.

    changed: whether the directory is another one since. entries: so many were sent. detail: controls, filter, or rdn.
    """

    name: str
    dn: str
    who: str
    code: int | None
    changed: bool
    entries: int = 0
    detail: str = ""
    fault: str = ""


@dataclass
class DirectoryLab:
    """`lock` is held while an operation is carried out: hold it too where the directory is changed beside the server.

    synchronized: what the rootDSE says of it; a controller that is not has yet to hear of the others. observers: told of
    each operation once its answer is made, and before it is sent.
    """

    directory: Directory
    max_page: int = MAX_PAGE
    synchronized: bool = True
    log: list[Operation] = field(default_factory=list)
    observers: list[Callable[[Operation], None]] = field(default_factory=list)
    faults: LdapFaults = field(default_factory=LdapFaults)
    lock: "threading.RLock" = field(default_factory=threading.RLock, repr=False)

    def note(self, operation: Operation) -> None:
        self.log.append(operation)
        for observer in self.observers:
            observer(operation)

    def asked(self, name: str) -> list[Operation]:
        """The operations of that name, in their order."""
        return [one for one in self.log if one.name == name]
