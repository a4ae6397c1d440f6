import asyncio
import socket
from contextlib import suppress

import httpx
import pytest

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.application import application
from reconcile.lab.graph.lab import Lab
from reconcile.lab.serve import serve, serving
from tests.lab.graph.asking import NOW


def lab() -> Lab:
    return Lab(estate(5, NOW), lambda: NOW)


def test_it_is_served_on_a_free_port_and_gone_afterwards() -> None:
    with serving(application(lab())) as url:
        status = httpx.get(f"{url}/v1.0/devices").status_code

    assert status == 401
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/v1.0/devices")


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="Address already in use"), serving(application(lab()), port=port):
            pass


def test_a_failure_inside_still_closes_it() -> None:
    with pytest.raises(KeyError), serving(application(lab())) as url:
        raise KeyError(url)


def test_it_runs_until_it_is_cancelled() -> None:
    async def run() -> int:
        urls: asyncio.Queue[str] = asyncio.Queue()
        task = asyncio.create_task(serve(application(lab()), "127.0.0.1", 0, urls.put_nowait))
        async with httpx.AsyncClient() as client:
            status = (await client.get(f"{await urls.get()}/lab/log")).status_code
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return status

    assert asyncio.run(run()) == 200
