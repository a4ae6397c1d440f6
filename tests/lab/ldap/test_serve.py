import asyncio
import socket
import ssl
from contextlib import suppress

import pytest
from ldap3.core.exceptions import LDAPExceptionError

from reconcile.lab.certificates import Certified
from reconcile.lab.ldap.lab import DirectoryLab
from reconcile.lab.ldap.serve import serve_ldap, serving_ldap
from tests.lab.domain import BASE_DN, FLEET, Served, computer, domain, found, served


def test_it_is_served_on_a_free_port_and_gone_afterwards(tls: Certified) -> None:
    with served(DirectoryLab(domain()), tls.context, tls.authority) as controller, controller.signed_in():
        pass

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(controller.url.rpartition(":")[2])))


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="Address already in use"), serving_ldap(DirectoryLab(domain()), port=port):
            pass


def test_what_is_still_open_is_cut_at_the_end(tls: Certified) -> None:
    with served(DirectoryLab(domain()), tls.context, tls.authority) as controller:
        still_open = controller.signed_in()
        connection = still_open.__enter__()

    with pytest.raises(LDAPExceptionError):
        connection.search(BASE_DN, "(cn=x)")
    still_open.__exit__(None, None, None)


def test_a_client_that_trusts_nobody_does_not_disturb_others(controller: Served) -> None:
    port = int(controller.url.rpartition(":")[2])
    with socket.create_connection(("localhost", port)) as plain, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")

    with controller.signed_in() as connection:
        assert found(connection, "(ou=Fleet)") == [FLEET]


def test_a_handshake_that_fails_on_request_does_not_disturb_others(tls: Certified) -> None:
    with served(DirectoryLab(domain()), tls.context, tls.authority, start_tls=True) as controller:
        port = int(controller.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.sendall(bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037")
            wire.recv(100)
            wire.sendall(b"no handshake at all\r\n" * 20)
            assert wire.recv(100) is not None
        with controller.connection(None, None) as connection:
            assert connection.bind(read_server_info=False)


def test_several_ask_at_once(controller: Served) -> None:
    computer(controller.directory, "PC1")

    with controller.signed_in() as one, controller.signed_in("reader") as two:
        assert found(one, "(cn=PC1)") == found(two, "(cn=PC1)") == [f"CN=PC1,{FLEET}"]


def test_it_runs_until_it_is_cancelled(tls: Certified) -> None:
    async def run() -> str:
        urls: asyncio.Queue[str] = asyncio.Queue()
        serving = serve_ldap(DirectoryLab(domain()), "127.0.0.1", 0, tls.context, urls.put_nowait)
        task = asyncio.create_task(serving)
        url = await urls.get()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return url

    assert asyncio.run(run()).startswith("ldaps://localhost:")
