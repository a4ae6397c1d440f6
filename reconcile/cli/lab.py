"""reconcile lab: a small Microsoft Graph and Active Directory on this machine, to try everything on."""

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconcile.lab.graph.tenant import Tenant
    from reconcile.lab.ldap.lab import DirectoryLab

READY = """\
{devices} devices of {company}, who do not exist, on {url}
{computers} computers of its domain {domain} on {ldap}
Nothing leaves this machine. Ctrl-C ends it, and what was changed is gone.

In another terminal:

  export IDENTITY_ENDPOINT={url}/msi/token IDENTITY_HEADER={header}
  export RECONCILE_LDAP_PASSWORD={password}
  reconcile init

and in inputs/settings.toml:

  [tenant]
  id = "{tenant}"
  name = "{company}"
  [entra]
  live = true
  endpoint = "{url}"
  credential = "managed-identity"
  also = ["owners", "deleted", "intune", "autopilot", "sync-threshold"]
  [directory]
  live = true
  servers = ["{ldap}"]
  bind = "simple"
  user = "{user}"
  ca_file = '{ca_file}'

Then: reconcile doctor, reconcile sweep
"""


HOST = "127.0.0.1"


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any that is free."
)
@click.option(
    "--ldap-port", type=click.IntRange(0, 65535), default=8636, show_default=True, help="Of the directory; 0 as above."
)
@click.option("--devices", type=click.IntRange(1, 100_000), default=300, show_default=True, help="How many there are.")
@click.option(
    "--certificates",
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    help="Where the directory's certificate is written; else in a temporary folder.",
)
def lab(port: int, ldap_port: int, devices: int, certificates: Path | None) -> None:
    """Serve the Graph and the directory of an invented company on this machine."""
    with tempfile.TemporaryDirectory(prefix="reconcile-lab-") as temporary:
        folder = (certificates or Path(temporary)).absolute()
        try:
            asyncio.run(_serve(devices, {"--port": port, "--ldap-port": ldap_port}, folder))
        except KeyboardInterrupt:
            click.echo("the lab has ended")


async def _serve(devices: int, ports: dict[str, int], folder: Path) -> None:
    """Until it is cancelled; raises BadParameter for a port that is taken."""
    from reconcile.lab.certificates import certified
    from reconcile.lab.estate.estate import estate
    from reconcile.lab.graph.application import application
    from reconcile.lab.graph.lab import Lab
    from reconcile.lab.ldap.serve import serve_ldap
    from reconcile.lab.serve import serve

    tenant = estate(devices, _clock())
    tenant.now = _clock
    graph, tls = Lab(tenant, _clock), certified(folder, _clock())
    directory, account = _directory(tenant)
    said = {"devices": f"{devices:,}", "company": tenant.name, "tenant": tenant.tenant_id, "ca_file": tls.authority}
    ready = _Ready({**said, **account, "header": graph.tokens.identity_header})
    await asyncio.gather(
        _on("--port", ports, serve(application(graph), HOST, ports["--port"], ready.at("url"))),
        _on("--ldap-port", ports, serve_ldap(directory, HOST, ports["--ldap-port"], tls.context, ready.at("ldap"))),
    )


def _directory(tenant: "Tenant") -> "tuple[DirectoryLab, dict[str, str]]":
    """The tenant's domain, and what is told of it: who may sign in, and how."""
    from reconcile.lab.estate.directory import directory_of
    from reconcile.lab.estate.premises import ADMIN
    from reconcile.lab.ldap.lab import DirectoryLab

    directory = directory_of(tenant, _clock())
    directory.now = _clock
    password = secrets.token_urlsafe(12)
    directory.sign_up(f"CN={ADMIN},CN=Users,{directory.base}", password, admin=True)
    user, computers = f"{ADMIN}@{directory.domain}", f"{len(directory.computers()):,}"
    return DirectoryLab(directory), {
        "user": user,
        "password": password,
        "domain": directory.domain,
        "computers": computers,
    }


@dataclass
class _Ready:
    """Tells how to use the lab once all of it is up."""

    said: dict[str, object]

    def at(self, name: str) -> Callable[[str], None]:
        def up(url: str) -> None:
            self.said[name] = url
            if {"url", "ldap"} <= self.said.keys():
                click.echo(READY.format(**self.said))

        return up


async def _on(option: str, ports: dict[str, int], served: Coroutine[None, None, None]) -> None:
    try:
        await served
    except OSError as error:
        raise click.BadParameter(f"{ports[option]} cannot be used: {error.strerror}", param_hint=option) from error


def _clock() -> datetime:
    return datetime.now(UTC)
