"""One machine of the test's own, in a domain and a tenant that know it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from reconcile.lab.device.account import JoinInfo, LocalAccount, Profile
from reconcile.lab.device.certificate import MACHINE, issued, peer
from reconcile.lab.device.clock import Clock
from reconcile.lab.device.company import Company, Timing, security_id
from reconcile.lab.device.device import Device
from reconcile.lab.device.devices import Devices
from reconcile.lab.directory.entry import Entry, Facts, values
from reconcile.lab.directory.forest import forest
from reconcile.lab.estate.certificate import device_certificate
from reconcile.lab.graph.tenant import Row, Tenant
from reconcile.lab.winrm.lab import Invocation, Said

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SINCE = datetime(2025, 2, 11, 8, 21, 40, tzinfo=UTC)
TENANT = "c0ffee00-0000-4000-8000-00000000cafe"
DOMAIN, DOMAIN_SID = "aldermoor.example", "S-1-5-21-1850421077-2711046213-3312908754"
MACHINE_SID = "S-1-5-21-11-22-33"
DEVICE_ID = "6e4cbe68-588b-499c-8c04-dcfff140a1ca"
WORK_ID = "a011becc-6f67-4413-831f-b8deeef8e2ff"
ADMIN, PASSWORD = "ALDERMOOR\\svc-reconcile", "keys to the company"
CLOUD_ADMIN = "AzureAD\\svc-reconcile@aldermoor.example"
NEW_PASSWORD = "a long new word"
ADA = Profile("S-1-12-1-1-2-3-4", "AzureAD\\Ada", "ada@aldermoor.example", session=1, loaded=True)


@dataclass
class Machine:
    """`clock` is that of all."""

    device: Device
    devices: Devices
    clock: Clock

    @property
    def company(self) -> Company:
        return self.device.company

    @property
    def entry(self) -> Entry:
        entry = self.device.entry
        assert entry is not None
        return entry

    @property
    def row(self) -> Row:
        row = self.company.tenant.by_device_id(DEVICE_ID)
        assert row is not None
        return row

    def say(self, script: str, parameters: dict[str, object], account: str, secrets: dict[str, str]) -> Said:
        said = self.devices.answer(Invocation("PC1", f"# reconcile {script}\nparam()\n", parameters, secrets, account))
        assert isinstance(said, Said)
        return said

    def run(self, script: str, account: str = "", password: str = "", **parameters: object) -> Any:
        """What the script printed; of nobody, that is as SYSTEM."""
        said = self.say(script, parameters, account, {"Password": password} if password else {})
        assert said.thrown is None, said.thrown
        (text,) = said.objects
        return json.loads(str(text))

    def restart(self) -> None:
        """And wait until it is back."""
        assert self.run("restart", DelaySeconds=0)["did"]
        self.clock.advance(1)
        assert self.devices.up("PC1")

    def lets_in(self, user: str, password: str) -> bool:
        return self.devices.sign_in("PC1", user, password)


def machine(**facts: Any) -> Machine:
    """Of nobody, without any join."""
    clock = Clock(NOW)
    directory = forest(DOMAIN, DOMAIN_SID, clock)
    dn = f"CN=svc-reconcile,CN=Users,{directory.base}"
    directory.add(dn, "user", values({"sAMAccountName": "svc-reconcile"}))
    directory.sign_up(dn, PASSWORD, admin=True)
    tenant = Tenant(TENANT, "Aldermoor Instruments", clock)
    accounts = {"svc-reconcile@aldermoor.example": PASSWORD}
    company = Company(tenant, directory, clock, Timing(), cloud_accounts=accounts)
    built_in = LocalAccount(f"{MACHINE_SID}-500", "Administratör", enabled=False)
    known = {"serial": "LAB1", "accounts": [built_in], "booted_at": NOW - timedelta(days=3), **facts}
    device = Device("PC1", company, MACHINE_SID, **known)
    devices = Devices(company)
    devices.add(device)
    return Machine(device, devices, clock)


def joined(**facts: Any) -> Machine:
    one = machine(profiles=[_ada()], **facts)
    _join(one)
    one.device.entra_sign_in = True
    one.company.tenant.add(row(one, "AzureAd"))
    return one


def in_domain(**facts: Any) -> Machine:
    """A member of the domain, of which the cloud knows nothing."""
    one = machine(domain=DOMAIN, computer=UUID(DEVICE_ID), profiles=[_ada()], **facts)
    certificate = device_certificate(UUID(DEVICE_ID), SINCE)
    plain: Facts = {"sAMAccountName": "PC1$", "objectGUID": UUID(DEVICE_ID), "userCertificate": certificate}
    directory = one.company.directory
    directory.add(f"CN=PC1,CN=Computers,{directory.base}", "computer", values(plain | {"userAccountControl": 0x1000}))
    one.device.self_signed = certificate
    return one


def hybrid(**facts: Any) -> Machine:
    one = in_domain(**facts)
    _join(one)
    one.company.tenant.add(row(one, "ServerAd"))
    return one


def registered(**facts: Any) -> Machine:
    """With a local administrator beside the built-in one."""
    one = machine(profiles=[_ada()], **facts)
    register(one.device, one.device.profiles[0])
    one.device.accounts.append(LocalAccount(f"{MACHINE_SID}-1001", "fleet", enabled=True, password=PASSWORD))
    return one


def register(device: Device, profile: Profile, device_id: str = WORK_ID) -> None:
    certificate = issued(profile.sid, device.company.issuer, device_id, SINCE)
    device.certificates += [certificate, peer(profile.sid, f"CN={profile.upn}", NOW)]
    profile.registrations.append(JoinInfo(certificate.thumbprint, TENANT, profile.upn))


def row(one: Machine, trust: str) -> Row:
    certificate = one.device.device_certificate
    assert certificate is not None
    ids = [security_id(certificate.thumbprint)]
    known = {"displayName": "PC1", "accountEnabled": True, "registrationDateTime": None, "profileType": None}
    return {"id": "object", "deviceId": DEVICE_ID, "trustType": trust, "alternativeSecurityIds": ids, **known}


def _join(one: Machine) -> None:
    certificate = issued(MACHINE, one.company.issuer, DEVICE_ID, SINCE)
    one.device.certificates += [certificate, peer(MACHINE, f"CN={DEVICE_ID}", NOW)]
    one.device.cloud_join.append(JoinInfo(certificate.thumbprint, TENANT, "ada@aldermoor.example"))


def _ada() -> Profile:
    return Profile(ADA.sid, ADA.account, ADA.upn, ADA.session, ADA.loaded)
