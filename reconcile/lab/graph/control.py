"""/lab: faults set and the log read over the wire, by those who cannot reach into the process."""

import re
from dataclasses import asdict

import msgspec
from aiohttp import web

from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.lab import Lab


def routes(app: web.Application, lab: Lab) -> None:
    control = _Control(lab)
    app.router.add_get("/lab/faults", control.faults)
    app.router.add_post("/lab/faults", control.add)
    app.router.add_delete("/lab/faults", control.clear)
    app.router.add_delete(r"/lab/faults/{number:\d+}", control.remove)
    app.router.add_get("/lab/log", control.log)
    app.router.add_delete("/lab/log", control.forget)
    app.router.add_post("/lab/devices/{id}", control.patch)
    app.router.add_delete("/lab/devices/{id}", control.retire)
    app.router.add_post("/lab/revoke", control.revoke)
    app.router.add_post("/lab/expire", control.expire)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")


class _Control:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    async def faults(self, _: web.Request) -> web.Response:
        return _json([asdict(one) for one in self.lab.faults.armed])

    async def add(self, request: web.Request) -> web.Response:
        try:
            number = self.lab.faults.add(msgspec.json.decode(await request.read(), type=Fault))
        except (msgspec.DecodeError, re.error) as error:
            return _json({"error": str(error)}, 400)
        return _json({"number": number}, 201)

    async def clear(self, _: web.Request) -> web.Response:
        self.lab.faults.clear()
        return web.Response(status=204)

    async def remove(self, request: web.Request) -> web.Response:
        return web.Response(status=204 if self.lab.faults.remove(int(request.match_info["number"])) else 404)

    async def log(self, _: web.Request) -> web.Response:
        return _json(self.lab.log)

    async def forget(self, _: web.Request) -> web.Response:
        self.lab.log.clear()
        return web.Response(status=204)

    async def patch(self, request: web.Request) -> web.Response:
        """What the world does to a device: it signs in, it is renamed."""
        try:
            members = msgspec.json.decode(await request.read(), type=dict)
            self.lab.tenant.patch(request.match_info["id"], members)
        except (msgspec.DecodeError, KeyError) as error:
            return _json({"error": str(error)}, 404 if isinstance(error, KeyError) else 400)
        return web.Response(status=204)

    async def retire(self, request: web.Request) -> web.Response:
        try:
            self.lab.tenant.remove(request.match_info["id"])
        except KeyError as error:
            return _json({"error": str(error)}, 404)
        return web.Response(status=204)

    async def revoke(self, _: web.Request) -> web.Response:
        self.lab.tokens.revoke()
        return web.Response(status=204)

    async def expire(self, _: web.Request) -> web.Response:
        """Page tokens and delta tokens."""
        self.lab.expire_delta()
        return web.Response(status=204)
