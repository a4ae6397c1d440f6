"""A real domain controller: Samba, provisioned once a session, started on loopback addresses of its own, stopped again.

It needs root, as its ports are below 1024 and cannot be chosen, and the packages that APT names.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.certificates import Authority

APT = "samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools krb5-user python3-samba python3-ldb"
REALM, NETBIOS, HOST = "EXAMPLE.TEST", "EXAMPLE", "dc1.example.test"
BASE = "DC=example,DC=test"
ADMINISTRATOR, PASSWORD = "Administrator@example.test", "Passw0rd!Test"
LDAPS, LDAP, KDC = 636, 389, 88
SECONDS = 30
CONFIGURATION = """[global]
    netbios name = DC1
    realm = {realm}
    workgroup = {netbios}
    server role = active directory domain controller
    server services = ldap, cldap, kdc, rpc
    interfaces = {address}/8 {other}/8
    bind interfaces only = yes
    private dir = {folder}/private
    state directory = {folder}/state
    cache directory = {folder}/cache
    lock directory = {folder}
    pid directory = {folder}/run
    ncalrpc dir = {folder}/ncalrpc
    ntp signd socket directory = {folder}/ntp_signd
    winbindd socket directory = {folder}/winbindd
    binddns dir = {folder}/bind-dns
    log file = {folder}/log/log.%m
    logging = file
    tls enabled = yes
    tls certfile = {folder}/tls/cert.pem
    tls keyfile = {folder}/tls/key.pem
    tls cafile = {folder}/tls/ca.pem
    ldap server require strong auth = {strong}
    disable netbios = yes
    load printers = no
    ldb:nosync = yes
"""
KERBEROS = """[libdefaults]
    default_realm = {realm}
    dns_lookup_realm = false
    dns_lookup_kdc = false
    rdns = false
    dns_canonicalize_hostname = false
    udp_preference_limit = 1
[realms]
    {realm} = {{
        kdc = {address}:88
    }}
"""


@dataclass(frozen=True)
class Samba:
    """`other` is an address that it answers on too, and that its certificate does not name."""

    folder: Path
    address: str
    other: str

    @property
    def url(self) -> str:
        return f"ldaps://{self.address}"

    @property
    def start_tls(self) -> str:
        return f"ldap://{self.address}"

    @property
    def ca_file(self) -> Path:
        return self.folder / "tls" / "ca.pem"

    @property
    def kerberos(self) -> Path:
        """The krb5.conf of its realm."""
        return self.folder / "krb5.conf"


def provision(folder: Path) -> Path:
    """The folder of a domain that no controller runs yet: copied for each that does."""
    if shutil.which("samba-tool") is None:
        raise RuntimeError(f"Samba is not installed: apt-get install {APT}")
    if os.geteuid() != 0:
        raise RuntimeError("Samba's ports can be opened by root only")
    _run(
        "samba-tool domain provision --server-role=dc --dns-backend=NONE --use-rfc2307 --host-name=dc1 --host-ip=127.0.0.1",
        f"--targetdir={folder} --realm={REALM} --domain={NETBIOS} --adminpass={PASSWORD}",
    )
    database = f"-H {folder}/private/sam.ldb"
    _run(f"samba-tool spn add ldap/{HOST} DC1$ -s {folder}/etc/smb.conf {database}")
    _run(f"samba-tool domain passwordsettings set --min-pwd-age=0 -s {folder}/etc/smb.conf {database}")
    return folder


@contextmanager
def domain_controller(
    seed: Path, folder: Path, *, strong: str = "allow_sasl_over_tls", model: str = "single"
) -> Iterator[Samba]:
    """`strong` is Samba's "ldap server require strong auth"; its default, yes, takes no SASL within TLS.

    The model "single" is one process, "prefork" works on several searches at once.
    """
    subprocess.run(["cp", "-a", "--sparse=always", seed, folder], check=True)
    samba = Samba(folder, *_free_addresses())
    _configure(samba, strong)
    with (folder / "output").open("wb") as output:
        command = ["samba", "-s", str(folder / "dc.conf"), "-F", "-M", model, "--no-process-group"]
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            _wait_for(samba, process)
            yield samba
        finally:
            _stop(process)


def ticket(samba: Samba, user: str, password: str) -> Path:
    """A cache with a ticket of that user."""
    cache = samba.folder / "ticket"
    subprocess.run(
        ["kinit", "-c", cache, user],
        input=password,
        text=True,
        check=True,
        capture_output=True,
        timeout=SECONDS,
        env=os.environ | {"KRB5_CONFIG": str(samba.kerberos)},
    )
    return cache


def _configure(samba: Samba, strong: str) -> None:
    facts = {"realm": REALM, "netbios": NETBIOS, "folder": samba.folder, "strong": strong}
    facts |= {"address": samba.address, "other": samba.other}
    for name in ("run", "log", "cache", "ncalrpc", "tls"):
        (samba.folder / name).mkdir(exist_ok=True)
    (samba.folder / "dc.conf").write_text(CONFIGURATION.format(**facts))
    samba.kerberos.write_text(KERBEROS.format(**facts))
    Authority().issue(HOST, samba.address).write(samba.folder / "tls")


def _free_addresses() -> tuple[str, str]:
    """Two of which nobody uses the ports; by the number of the process, so that sessions side by side do not meet."""
    for number in count(os.getpid() % 200):
        pair = (f"127.{40 + number % 200}.0.1", f"127.{40 + number % 200}.0.2")
        if not any(_answers(address, port) for address in pair for port in (LDAP, LDAPS, KDC)):
            return pair
    raise AssertionError


def _answers(address: str, port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex((address, port)) == 0


def _wait_for(samba: Samba, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(SECONDS * 20):
        if process.poll() is not None:
            break
        if all(_answers(samba.address, port) for port in (LDAP, LDAPS, KDC)):
            return
        threading.Event().wait(0.05)
    raise RuntimeError(f"Samba did not start: {(samba.folder / 'output').read_text()[-2000:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _run(*command: str) -> None:
    done = subprocess.run(" ".join(command).split(), capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
