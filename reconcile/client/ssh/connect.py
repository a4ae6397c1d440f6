"""One connection with one host, held to what is safe; every way that it can fail is told."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import asyncssh
from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs

from reconcile.client.ssh.door import Door
from reconcile.client.ssh.host import Account, Host
from reconcile.client.ssh.key import private_key
from reconcile.client.ssh.trouble import TROUBLE, NotConnected, told, told_of_tunnel

RESOLVERS = ThreadPoolExecutor(64, "resolve")
"""Threads of our own: a name server that does not answer must not hold up those who need the loop's few."""
KEEPALIVE, KEEPALIVES = 15, 3
"""Seconds of silence until a host is asked for a sign of life, and how many of them it may miss."""
WAYS_IN = "publickey,password,keyboard-interactive"

Connection = asyncssh.SSHClientConnection


async def connect(host: Host, account: Account, through: Connection | None = None) -> Connection:
    """Signed in. Raises NotConnected, and ValueError where the account or a file of keys cannot be used."""
    door = Door(host, account)
    key = private_key(account)
    async with _agent_keys(account) as agent_keys:
        keys = [*([key] if key else []), *agent_keys]
        if through is not None:
            return await _attempt(door, keys, host.reached_at[0], host.connect_timeout, through)
        return await _first(door, keys)


async def _first(door: Door, keys: list[Any]) -> Connection:
    """Of the host's addresses, each of which has its share of the time."""
    clock = asyncio.get_running_loop().time
    end = clock() + door.host.connect_timeout
    addresses = await _addresses(door.host)
    for at, address in enumerate(addresses, 1):
        try:
            return await _attempt(door, keys, address, (end - clock()) / (len(addresses) - at + 1))
        except NotConnected:
            if door.reached or at == len(addresses):
                raise
    raise NotConnected("unresolved", f"{door.host.reached_at[0]} has no address")


async def _attempt(
    door: Door, keys: list[Any], address: str, seconds: float, through: Connection | None = None
) -> Connection:
    limit = asyncio.timeout(seconds)
    loop = asyncio.get_running_loop()
    door.when_reached = lambda: limit.reschedule(loop.time() + door.host.login_timeout)
    tunnel: Any = through or ()
    try:
        async with limit:
            return await asyncssh.connect(address, door.host.port, tunnel=tunnel, **_options(door, keys))
    except TROUBLE as error:
        if limit.expired():
            raise NotConnected("timed-out", _late(door)) from error
        if through is not None and isinstance(error, asyncssh.ChannelOpenError):
            raise NotConnected(*told_of_tunnel(error)) from error
        raise NotConnected(*door.told(error)) from error


def _late(door: Door) -> str:
    if door.reached:
        return f"no login after {door.host.login_timeout:g} s"
    return f"no connection after {door.host.connect_timeout:g} s"


def _options(door: Door, keys: list[Any]) -> dict[str, Any]:
    """Nothing of the user's ~/.ssh/config: it could turn off what is checked here."""
    return {
        "config": None,
        "client_factory": lambda: door,
        "known_hosts": (door.known.keys, door.known.authorities, door.known.revoked, [], [], [], []),
        "host_key_alias": door.host.identity,
        "server_host_key_algs": _algorithms(door),
        "x509_trusted_certs": None,
        "username": door.account.user,
        "client_keys": keys or None,
        "public_key_auth": bool(keys),
        "preferred_auth": WAYS_IN,
        "disable_trivial_auth": True,
        "host_based_auth": False,
        "gss_host": None,
        "gss_auth": False,
        "gss_kex": False,
        "agent_path": None,
        "agent_forwarding": False,
        "x11_forwarding": False,
        "connect_timeout": None,
        "login_timeout": 0,
        "keepalive_interval": KEEPALIVE,
        "keepalive_count_max": KEEPALIVES,
    }


def _algorithms(door: Door) -> list[str]:
    """Those of the keys that are known first, so that a host with several shows one of them."""
    liked = {name for key in door.known.keys for name in key.sig_algorithms}
    certified = get_default_certificate_algs() if door.known.authorities else []
    plain = sorted(get_default_public_key_algs(), key=lambda name: name not in liked)
    return [name.decode() for name in (*certified, *plain)]


async def _addresses(host: Host) -> list[str]:
    name, port = host.reached_at
    try:
        return [str(ipaddress.ip_address(name))]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(host.connect_timeout):
            found = await loop.run_in_executor(RESOLVERS, _looked_up, name, port)
    except UnicodeError as error:
        raise NotConnected("unresolved", f"{name} is no name of a host") from error
    except OSError as error:
        raise NotConnected(*told(error)) from error
    return list(dict.fromkeys(found))


def _looked_up(name: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]


@asynccontextmanager
async def _agent_keys(account: Account) -> AsyncIterator[list[Any]]:
    if not account.agent:
        yield []
        return
    try:
        agent = await asyncssh.connect_agent()
    except (OSError, asyncssh.Error) as error:
        raise NotConnected("authentication", f"the agent cannot be asked: {error}") from error
    try:
        yield list(await agent.get_keys())
    except ValueError as error:
        raise NotConnected("authentication", f"the agent gives no keys: {error}") from error
    finally:
        agent.close()
        await agent.wait_closed()
