"""A real OpenSSH server: on loopback and a free port, with a user of its own who is gone afterwards.

It needs root, to make the user and to let it in, and the package that APT names.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

APT = "openssh-server"
ADDRESS, PASSWORD = "127.0.0.1", "Passw0rd!Test: ü"
SECONDS = 20
SEPARATION = Path("/run/sshd")
"""Where sshd locks itself in; a package without a running service has not made it."""
CONFIGURATION = """Port {port}
ListenAddress {address}
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {home}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PermitRootLogin no
PermitOpen {address}:{port}
MaxStartups 2000:30:4000
MaxSessions 1000
UseDNS no
LogLevel ERROR
PrintMotd no
PrintLastLog no
"""


@dataclass(frozen=True)
class Sshd:
    """It forwards to itself and to nowhere else."""

    folder: Path
    home: Path
    port: int
    user: str

    @property
    def public_key(self) -> str:
        """Of the host, as known_hosts has it."""
        return " ".join((self.folder / "host.pub").read_text().split()[:2])

    @property
    def key(self) -> str:
        """The file that lets the user in."""
        return str(self.folder / "user")


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
    if program is None:
        raise RuntimeError(f"sshd is not installed: apt-get install {APT}")
    if os.geteuid() != 0:
        raise RuntimeError("only root can make a user and let it in")
    SEPARATION.mkdir(exist_ok=True)
    with _user() as (user, home):
        server = Sshd(folder, home, _free_port(), user)
        _configure(server)
        with (folder / "output").open("wb") as output:
            command = [program, "-D", "-e", "-f", str(folder / "sshd_config")]
            process = subprocess.Popen(command, stdout=output, stderr=output)
            try:
                _wait_for(server, process)
                yield server
            finally:
                process.terminate()
                process.wait(SECONDS)


@contextmanager
def _user() -> Iterator[tuple[str, Path]]:
    """Its home is empty, so that no start-up file of this machine runs with each login."""
    name = f"reconcile-{os.getpid()}"
    home = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    _run("useradd", "--no-create-home", "--home-dir", str(home), "--shell", "/bin/sh", name)
    try:
        _run("chpasswd", "--crypt-method", "SHA512", text=f"{name}:{PASSWORD}\n")
        shutil.chown(home, name)
        yield name, home
    finally:
        _run("userdel", "--force", name)
        shutil.rmtree(home)


def _configure(server: Sshd) -> None:
    for name in ("host", "user"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(server.folder / name))
    shutil.copy(server.folder / "user.pub", server.home / "authorized_keys")
    (server.home / "authorized_keys").chmod(0o644)
    facts = {"port": server.port, "address": ADDRESS, "folder": server.folder, "home": server.home}
    (server.folder / "sshd_config").write_text(CONFIGURATION.format(**facts))


def _free_port() -> int:
    with socket.create_server((ADDRESS, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _wait_for(server: Sshd, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(SECONDS * 20):
        if process.poll() is not None:
            break
        with socket.socket() as asking:
            if asking.connect_ex((ADDRESS, server.port)) == 0:
                return
        threading.Event().wait(0.05)
    raise RuntimeError(f"sshd did not start: {(server.folder / 'output').read_text()[-2000:]}")


def _run(*command: str, text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
