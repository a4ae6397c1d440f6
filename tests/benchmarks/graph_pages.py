"""A fleet's pages as Graph would serve them, held in memory: a server that costs its clients little.

It knows no more of Graph than a pull asks for: a token, pages, the count, and what changed.
`python -m tests.benchmarks.graph_pages FOLDER` prints its address and serves until it is ended.
"""

import base64
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import msgspec
import pyarrow.parquet as pq
from aiohttp import web

from tests.benchmarks.bench_read import DEVICES, ENTRA, PAGE
from tests.benchmarks.fleet import fleet

CHANGED = 100
"""One device in so many has changed since the full pull."""
TENANT = "7c1e54f0-3b9a-4d52-9f0e-61c3a8d2b745"
DELTA = "/v1.0/devices/delta"
AFTER: dict[str | None, str] = {"latest": "began", "began": "still", "still": "changed"}
"""Which token follows which: a full pull asks for the changes once to catch up, and once to count."""


def write(folder: Path, devices: int) -> None:
    """A device a line, as many as there are that are not deleted."""
    pq.write_table(fleet(devices, noise=0).entra, folder / "entra.parquet")
    with duckdb.connect() as connection:
        for query in (DEVICES, ENTRA):
            connection.execute(query.replace("{folder}", str(folder)))


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of its own process, with what `write` left in the folder."""
    command = [sys.executable, "-m", "tests.benchmarks.graph_pages", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


class Pages:
    """The listing of the devices, and that of what changed; both are put together once."""

    def __init__(self, devices: list[bytes]) -> None:
        self.count = len(devices)
        self._devices = _paged(devices)
        self._changes = _paged(devices[::CHANGED])

    async def devices(self, request: web.Request) -> web.Response:
        return self._page(request, self._devices, "/v1.0/devices", b"")

    async def changes(self, request: web.Request) -> web.Response:
        """Nothing while the full pull goes on: what changed comes to whoever asks a second time."""
        token = request.query.get("$deltatoken")
        link = f'"@odata.deltaLink":"{request.url.origin()}{DELTA}?$deltatoken={AFTER.get(token, "seen")}",'.encode()
        if token in {"changed", None}:
            return self._page(request, self._changes, DELTA, link)
        return _json(b'{%s"value":[]}' % link)

    async def counted(self, _: web.Request) -> web.Response:
        return web.Response(text=str(self.count))

    def _page(self, request: web.Request, pages: list[bytes], path: str, last: bytes) -> web.Response:
        number = int(request.query.get("$skiptoken", "0"))
        link = f'"@odata.nextLink":"{request.url.origin()}{path}?$skiptoken={number + 1}",'.encode()
        return _json(b"{%s%s" % (link if number + 1 < len(pages) else last, pages[number]))


async def token(_: web.Request) -> web.Response:
    """As a managed identity is given it; nobody here checks it."""
    claims = base64.urlsafe_b64encode(msgspec.json.encode({"tid": TENANT, "roles": ["Device.Read.All"]})).decode()
    answer = {
        "access_token": f"e30.{claims}.x",
        "expires_on": str(int(time.time()) + 86_400),
        "resource": "graph",
        "token_type": "Bearer",
    }
    return web.json_response(answer)


def main(folder: Path) -> None:
    pages = Pages((folder / "entra.jsonl").read_bytes().splitlines())
    app = web.Application()
    app.router.add_get("/v1.0/devices", pages.devices)
    app.router.add_get("/v1.0/devices/$count", pages.counted)
    app.router.add_get(DELTA, pages.changes)
    app.router.add_get("/msi/token", token)
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    web.run_app(app, sock=listener, print=None, access_log=None)


def _paged(devices: list[bytes]) -> list[bytes]:
    return [b'"value":[%s]}' % b",".join(devices[at : at + PAGE]) for at in range(0, len(devices), PAGE)]


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
