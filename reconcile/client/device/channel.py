"""The way to devices as one account, whichever it is: a script goes there by the device's name, and its output comes back."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Protocol

from reconcile.client.remote.given import NOTHING, Parameter, Secret
from reconcile.client.remote.output import Output
from reconcile.client.ssh import host as ssh
from reconcile.client.ssh.run import run as run_by_ssh
from reconcile.client.winrm import host as winrm
from reconcile.client.winrm.run import run as run_by_winrm


class Channel(Protocol):
    """Whoever implements it gives a value for all that a device can do to us."""

    async def run(
        self,
        host: str,
        script: str,
        parameters: Mapping[str, Parameter] = NOTHING,
        secrets: Mapping[str, Secret] = NOTHING,
    ) -> Output: ...


@dataclass(frozen=True)
class WinRM:
    """`at` says where a device is. `threads` bounds how many are spoken to at once, as each holds one."""

    account: winrm.Account
    at: Callable[[str], winrm.Host]
    threads: Executor = field(repr=False)

    async def run(
        self,
        host: str,
        script: str,
        parameters: Mapping[str, Parameter] = NOTHING,
        secrets: Mapping[str, Secret] = NOTHING,
    ) -> Output:
        """Raises ValueError as `winrm.run` does."""
        given = (self.at(host), self.account, script, parameters, secrets)
        return await asyncio.get_running_loop().run_in_executor(self.threads, run_by_winrm, *given)


@dataclass(frozen=True)
class SSH:
    """`at` says where a device is."""

    account: ssh.Account
    at: Callable[[str], ssh.Host]

    async def run(
        self,
        host: str,
        script: str,
        parameters: Mapping[str, Parameter] = NOTHING,
        secrets: Mapping[str, Secret] = NOTHING,
    ) -> Output:
        """Raises ValueError as `ssh.run` does."""
        return await run_by_ssh(self.at(host), self.account, script, parameters, secrets)
