"""All of the company's Windows machines, each made when it is first asked for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from reconcile.lab.device.company import Company, Timing
from reconcile.lab.device.condition import Condition, condition, worsen
from reconcile.lab.device.device import Device, Ran
from reconcile.lab.device.make import FLEET, device_of, fleet_password
from reconcile.lab.device.plan import Plan, plans
from reconcile.lab.device.rejoin import settle
from reconcile.lab.device.script import run
from reconcile.lab.device.sign_in import CLOUD, session
from reconcile.lab.device.trouble import Kind, Trouble
from reconcile.lab.directory.directory import Directory
from reconcile.lab.estate.chance import Chance
from reconcile.lab.estate.premises import ADMIN
from reconcile.lab.graph.tenant import Tenant
from reconcile.lab.winrm.lab import Invocation, Said

PASSWORD = "keys to the company"  # noqa: S105 - of the invented one


class Devices:
    """By host: the machine's name, in any letters, alone or with a domain. `answer` is a handler, `sign_in` asks the device.

    trouble: by host, as `hosts` has it. conditions: whether some machines are worse than others.
    """

    def __init__(self, company: Company, *, conditions: bool = True) -> None:
        self.company = company
        self.trouble: dict[str, Trouble] = {}
        self._conditions = conditions
        self._chance = Chance(UUID(company.tenant.tenant_id).int)
        self._plans = plans(company.tenant, company.directory)
        self._made: dict[str, Device] = {}

    @property
    def hosts(self) -> list[str]:
        return [one.name for one in self._plans.values()] + [
            one.name for key, one in self._made.items() if key not in self._plans
        ]

    @property
    def made(self) -> list[Device]:
        """Those that were asked for so far."""
        return list(self._made.values())

    def __contains__(self, host: str) -> bool:
        return (key := _key(host)) in self._plans or key in self._made

    def __getitem__(self, host: str) -> Device:
        """As it is now, with all that has come due. Raises KeyError."""
        key = _key(host)
        with self.company.lock:
            if key not in self._made:
                self._made[key] = self._make(self._plans[key])
            settle(self._made[key])
            return self._made[key]

    def add(self, device: Device) -> None:
        """One of the test's own; it takes the place of the one of that name."""
        self._made[_key(device.name)] = device

    def plan(self, host: str) -> Plan:
        """What it was made from. Raises KeyError."""
        return self._plans[_key(host)]

    def condition(self, host: str) -> Condition:
        return condition(self._chance, self.plan(host).number) if self._conditions else "healthy"

    def account_of(self, host: str) -> tuple[str, str]:
        """The user and the password that its administrators sign in with while it is as it was at first."""
        plan = self.plan(host)
        directory = self.company.directory
        if plan.kind in {"hybrid", "domain"}:
            entry = directory.index.by_account(ADMIN)
            assert entry is not None
            return f"{self.company.netbios}\\{ADMIN}", directory.accounts[entry.guid].password
        if plan.kind == "joined":
            upn = f"{ADMIN}@{directory.domain}"
            return f"{CLOUD}\\{upn}", self.company.cloud_accounts[upn]
        return FLEET, fleet_password(plan.name)

    def spoil(self, percent: int, kind: Kind, seconds: float = 0) -> list[str]:
        """So many of them get that trouble, always the same ones; their names."""
        chosen = [
            one.name
            for one in self._plans.values()
            if self._chance.percent(f"trouble {kind}", one.number) < percent and one.name not in self.trouble
        ]
        self.trouble |= dict.fromkeys(chosen, Trouble(kind, seconds))
        return chosen

    def sign_in(self, host: str, user: str, password: str) -> bool:
        with self.company.lock:
            return host in self and session(self[host], user, password) is not None

    def up(self, host: str) -> bool:
        with self.company.lock:
            return host in self and self[host].up

    def boot(self, host: str) -> int | None:
        """How often it has restarted; None while it is down."""
        with self.company.lock:
            return self[host].boots if self.up(host) else None

    def answer(self, invocation: Invocation) -> Said | Awaitable[Said]:
        """A handler, of WinRM and of SSH; an invocation without an account is run as SYSTEM."""
        trouble = self.trouble.get(invocation.host)
        if trouble is not None and trouble.kind == "slow":
            return self._late(invocation, trouble.seconds)
        return self._answered(invocation)

    def ran(self, script: str | None = None) -> Iterator[tuple[str, Ran]]:
        """What was carried out, device by device."""
        for device in self._made.values():
            for one in device.log:
                if script in {None, one.script}:
                    yield device.name, one

    async def _late(self, invocation: Invocation, seconds: float) -> Said:
        await asyncio.sleep(seconds)
        return self._answered(invocation)

    def _answered(self, invocation: Invocation) -> Said:
        with self.company.lock:
            return run(self[invocation.host], invocation)

    def _make(self, plan: Plan) -> Device:
        device = device_of(plan, self.company, self._chance)
        worsen(device, self.condition(plan.name), self._chance, plan.number)
        return device


def _key(host: str) -> str:
    return host.partition(".")[0].casefold()


def devices_of(
    tenant: Tenant,
    directory: Directory,
    now: Callable[[], datetime],
    *,
    timing: Timing | None = None,
    lock: AbstractContextManager[object] | None = None,
) -> Devices:
    """Of estate() and directory_of(). Its administrator gets a password where there is none yet.

    `lock` is that of a DirectoryLab which serves the directory beside it.
    """
    entry = directory.index.by_account(ADMIN)
    if entry is not None and entry.guid not in directory.accounts:
        directory.sign_up(entry.dn, PASSWORD, admin=True)
    company = Company(
        tenant, directory, now, timing or Timing(), cloud_accounts={f"{ADMIN}@{directory.domain}": PASSWORD}
    )
    if lock is not None:
        company.lock = lock
    return Devices(company)
