"""What a device does by itself as time goes by: it restarts when it was told to, and it joins the cloud again."""

from datetime import datetime, timedelta

from reconcile.lab.device.account import JoinInfo
from reconcile.lab.device.certificate import MACHINE, issued
from reconcile.lab.device.company import security_id
from reconcile.lab.device.device import DISABLED, HOUR, Device
from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.schema import ATTRIBUTES
from reconcile.lab.directory.values import Change
from reconcile.lab.estate.certificate import device_certificate
from reconcile.lab.graph.tenant import Row


def settle(device: Device) -> None:
    """All that has come due since it was last looked at."""
    now = device.company.now()
    if device.down_at is not None and now >= device.down_at:
        device.starts(device.down_at + timedelta(seconds=device.company.timing.restart))
    if now >= device.next_task_at:
        device.next_task_at += HOUR * ((now - device.next_task_at) // HOUR + 1)
        join_again(device, now)


def join_again(device: Device, now: datetime) -> None:
    """The task Automatic-Device-Join: a certificate into AD, and a registration where the cloud knows the computer by it."""
    entry = device.entry
    if device.rejoin.off or device.domain is None or device.join is not None or entry is None:
        return
    if (entry.number("userAccountControl") or 0) & DISABLED:
        return
    _announce(device, entry, now)
    row = device.company.tenant.by_device_id(str(entry.guid))
    if row is not None and device.can_register:
        _register(device, row, now)


def _announce(device: Device, entry: Entry, now: datetime) -> None:
    """A certificate of its own making, unless that of before still stands there."""
    if device.self_signed is not None and device.self_signed in entry.attributes.get("userCertificate", ()):
        return
    device.self_signed = device_certificate(entry.guid, now)
    change = Change("replace", ATTRIBUTES["usercertificate"], [device.self_signed])
    device.company.directory.modify(entry.dn, [change])


def _register(device: Device, row: Row, now: datetime) -> None:
    tenant = device.company.tenant
    certificate = issued(MACHINE, device.company.issuer, row["deviceId"], now)
    user = next((one.upn for one in device.profiles), "")
    device.certificates.append(certificate)
    device.cloud_join.append(JoinInfo(certificate.thumbprint, tenant.tenant_id, user))
    members = {
        "alternativeSecurityIds": [security_id(certificate.thumbprint)],
        "registrationDateTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "profileType": "RegisteredDevice",
    }
    tenant.patch(row["id"], members)
