"""The command line: parse, call, turn errors into exit codes."""

from typing import Any

import click

from reconcile.cli.collect import collect
from reconcile.cli.doctor import doctor
from reconcile.cli.dsregcmd import dsregcmd
from reconcile.cli.failure import failure
from reconcile.cli.init import init
from reconcile.cli.lab import lab
from reconcile.cli.ledger import ledger
from reconcile.cli.sweep import find, pull, report, sweep


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the flow, not of the alphabet."""
        _ = ctx
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        with failure():
            return super().invoke(ctx)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="reconcile", message="%(prog)s %(version)s")
def main() -> None:
    """Keep Entra ID, Active Directory and Windows devices honest about each other.

    Reads what each system says of the fleet, finds where they disagree, and tells what to do. Nothing here changes any system.

    \b
    Exit codes: 0 done, 2 usage or settings, 3 source incomplete or unreachable,
    4 bad input data, 6 interrupted, 10 (with --exit-code) findings exist.
    """  # noqa: D301 - the escape is click's mark of a paragraph that is not to be wrapped


for command in (init, doctor, sweep, collect, pull, find, report, dsregcmd, ledger, lab):
    main.add_command(command)
