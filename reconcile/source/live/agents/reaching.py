"""Whether a device can be reached at all: found out cheaply for many, so that those which are off cost the others nothing."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Literal

from reconcile.client.device.connect import place

Trouble = Literal["unresolved", "refused", "timed-out"]
SITE_BITS = {4: 24, 6: 64}
"""Devices of one network share its line."""


@dataclass(frozen=True)
class Target:
    """A device to be asked: its name, the place where it is found if not by that, and the site whose line it shares."""

    host: str
    address: str = ""
    site: str = ""


@dataclass(frozen=True)
class Reached:
    """`address` answered; or `trouble`, and why."""

    address: str = ""
    site: str = ""
    trouble: Trouble | None = None
    why: str = ""


@dataclass(frozen=True)
class Reach:
    """`seconds` to answer; names are looked up by the threads, as an operating system does it one by one."""

    port: int
    seconds: float
    threads: Executor

    async def __call__(self, target: Target) -> Reached:
        """Never raises for what is wrong with one device."""
        try:
            at = place(target.address or target.host, self.port)
            addresses = await asyncio.get_running_loop().run_in_executor(self.threads, _addresses, at.name, at.port)
        except (OSError, UnicodeError, ValueError) as error:
            told = error.strerror if isinstance(error, OSError) and error.strerror else error
            return Reached(trouble="unresolved", why=f"{target.address or target.host}: {told}")
        reached = Reached(trouble="unresolved", why=f"{at.name} has no address")
        for address in addresses:
            reached = await self._try(address, at.port, target.site)
            if reached.trouble is None:
                break
        return reached

    async def _try(self, address: str, port: int, site: str) -> Reached:
        try:
            async with asyncio.timeout(self.seconds):
                _, writer = await asyncio.open_connection(address, port)
        except TimeoutError:
            return Reached(trouble="timed-out", why=f"{address} does not answer on port {port}")
        except OSError as error:
            return Reached(trouble="refused", why=f"{address}, port {port}: {error.strerror or error}")
        writer.transport.abort()
        return Reached(address, site or network(address))


async def behind(target: Target) -> Reached:
    """Of devices that only another host reaches: whether they are on is found out by asking them, and its line is their site."""
    return Reached(target.address or target.host, target.site)


def network(address: str) -> str:
    """What stands for the site where nobody named it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return str(ipaddress.ip_network(f"{ip}/{SITE_BITS[ip.version]}", strict=False))


def _addresses(name: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
