"""What is not as it should be with some of the machines: things left over from before, and things broken."""

from typing import Literal

from reconcile.lab.device.account import JoinInfo, Profile
from reconcile.lab.device.certificate import MACHINE, issued
from reconcile.lab.device.device import HOUR, Device
from reconcile.lab.estate.chance import Chance

Condition = Literal["healthy", "left-over", "broken"]
HEALTHY, LEFT_OVER = 70, 85
"""Up to which percentage a machine is that; the rest is broken."""
YEAR = 365 * 24 * HOUR


def condition(chance: Chance, number: int) -> Condition:
    rolled = chance.percent("condition", number)
    return "healthy" if rolled < HEALTHY else "left-over" if rolled < LEFT_OVER else "broken"


def worsen(device: Device, what: Condition, chance: Chance, number: int) -> None:
    if what == "left-over":
        _left_over(device, chance, number)
    if what == "broken":
        _BROKEN[number % len(_BROKEN)](device)


def _left_over(device: Device, chance: Chance, number: int) -> None:
    """The certificate of a join before this one, and the registration of somebody who is gone."""
    company, since = device.company, device.booted_at - YEAR
    if device.join is not None:
        device.certificates.append(issued(MACHINE, company.issuer, chance.guid("earlier join", number), since))
    if not device.profiles:
        return
    sid = f"{device.machine_sid}-1010"
    certificate = issued(sid, company.issuer, chance.guid("earlier registration", number), since)
    former = Profile(sid, f"{device.name}\\former", f"former@{company.directory.domain}", loaded=number % 2 == 0)
    former.registrations.append(JoinInfo(certificate.thumbprint, company.tenant.tenant_id, former.upn))
    device.certificates.append(certificate)
    device.profiles.append(former)


def _dsregcmd(device: Device) -> None:
    device.failing["dsregcmd"] = "The system cannot find the file specified."


def _administrators(device: Device) -> None:
    device.failing["administrators"] = "Failed to compare two elements in the array."


def _without_certificate(device: Device) -> None:
    device.certificates = [one for one in device.certificates if one.store != MACHINE or not one.of_registration]
    device.entra_sign_in = False


def _without_task(device: Device) -> None:
    device.rejoin.task = "absent"


def _filtered(device: Device) -> None:
    device.token_filter_policy = False


def _never_back(device: Device) -> None:
    device.comes_back = False


_BROKEN = (_dsregcmd, _administrators, _without_certificate, _without_task, _filtered, _never_back)
