"""A PowerShell script on a host: as `winrm.run` in all but the way there."""

from collections.abc import Mapping
from typing import TypeVar

from reconcile.client.remote.given import NOTHING, Parameter, Secret
from reconcile.client.remote.output import Output, read, without
from reconcile.client.ssh.command import Ended, command
from reconcile.client.ssh.envelope import Answer, answer, command_line, envelope, said
from reconcile.client.ssh.host import Account, Host

T = TypeVar("T")


async def ask(
    host: Host,
    account: Account,
    script: str,
    kind: type[T],
    parameters: Mapping[str, Parameter] = NOTHING,
    secrets: Mapping[str, Secret] = NOTHING,
) -> tuple[Output, T | None]:
    """As `run`, of a script that prints one JSON text; nothing where that did not come, and the output says why."""
    return read(await run(host, account, script, parameters, secrets), kind)


async def run(
    host: Host,
    account: Account,
    script: str,
    parameters: Mapping[str, Parameter] = NOTHING,
    secrets: Mapping[str, Secret] = NOTHING,
) -> Output:
    """Until there is an outcome. Secrets arrive as SecureStrings; nothing that is given here is in a command line.

    Raises ValueError as `command` does.
    """
    ended = await command(host, account, command_line(), envelope(script, parameters, secrets))
    return without((*account.secrets, *secrets.values()), _told(ended))


def _told(ended: Ended) -> Output:
    """An answer that came whole is one, whatever became of the connection afterwards."""
    try:
        found = answer(ended.out)
    except ValueError as error:
        return Output("failed", str(error), begun=True)
    if found is not None:
        return _of_answer(found)
    if ended.status is None:
        return Output(ended.outcome, ended.why, begun=ended.begun)
    return Output("failed", said(ended.out, ended.err) or "PowerShell ended without an answer", begun=ended.begun)


def _of_answer(found: Answer) -> Output:
    if not found.failed:
        return Output("done", "", found.objects, found.errors, begun=True)
    why = found.errors[-1].message if found.errors else "the script was stopped"
    return Output("failed", why, found.objects, found.errors, begun=True)
