"""Windows hosts of the lab for the tests of all rooms, over https with a certificate of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from reconcile.client.remote.given import Secret
from reconcile.client.winrm.host import Account, Host
from reconcile.lab.serve import serving
from reconcile.lab.winrm.endpoint import winrm_application
from reconcile.lab.winrm.fault import WinRMFault
from reconcile.lab.winrm.lab import Handler, Invocation, Said, WinRM
from tests.lab.certificates import certified

USER, PASSWORD = "CORP\\reconcile", 'pa55 wörd: "quoted"'
ADMIN = Account("basic", USER, Secret(PASSWORD))


@dataclass(frozen=True)
class Hosts:
    lab: WinRM
    host: Host

    def named(self, name: str) -> Host:
        return replace(self.host, name=name, path=f"wsman/{name}")

    def fault(self, kind: str, action: str = ".*", **rest: object) -> None:
        self.lab.faults.add(WinRMFault(kind, action, **rest))  # type: ignore[arg-type]


def saying(*objects: object) -> Callable[[Invocation], Said]:
    return lambda _: Said(objects)


@contextmanager
def winrm_hosts(folder: Path, handler: Handler, *, tls: bool = True, negotiate: bool = False) -> Iterator[Hosts]:
    lab = WinRM(handler, {USER: PASSWORD}, negotiate=negotiate)
    made = certified(folder)
    with serving(winrm_application(lab, "PC1"), tls=made.context if tls else None) as url:
        address = urlsplit(url)
        host = Host(
            "PC1",
            address.hostname or "",
            address.port or 0,
            tls=tls,
            ca_file=str(made.authority),
            connect_timeout=2,
            answer_timeout=2,
            run_timeout=4,
        )
        yield Hosts(lab, host)
