"""reconcile lab: a small Microsoft Graph on this machine, to try everything on."""

import asyncio
from datetime import UTC, datetime

import click

READY = """\
{devices:,} devices of {company}, who do not exist, on {url}
Nothing leaves this machine. Ctrl-C ends it, and what was changed is gone.

In another terminal:

  export IDENTITY_ENDPOINT={url}/msi/token IDENTITY_HEADER={header}
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

Then: reconcile doctor, reconcile sweep
"""


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any that is free."
)
@click.option("--devices", type=click.IntRange(1, 100_000), default=300, show_default=True, help="How many there are.")
def lab(port: int, devices: int) -> None:
    """Serve a small Microsoft Graph of an invented company on this machine."""
    from reconcile.lab.estate import estate
    from reconcile.lab.graph import application
    from reconcile.lab.lab import Lab
    from reconcile.lab.serve import serve

    tenant = estate(devices, _clock())
    tenant.now = _clock
    here = Lab(tenant, _clock)

    def ready(url: str) -> None:
        facts = {"company": tenant.name, "tenant": tenant.tenant_id, "header": here.tokens.identity_header}
        click.echo(READY.format(url=url, devices=devices, **facts))

    try:
        asyncio.run(serve(application(here), "127.0.0.1", port, ready))
    except KeyboardInterrupt:
        click.echo("the lab has ended")
    except OSError as error:
        raise click.BadParameter(f"{port} cannot be used: {error.strerror}", param_hint="--port") from error


def _clock() -> datetime:
    return datetime.now(UTC)
