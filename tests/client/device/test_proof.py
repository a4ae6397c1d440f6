"""What proves a login, and what does not."""

import copy
import pickle
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reconcile.client.device.act import ready_administrator
from reconcile.client.device.proof import LoginProof, prove_login, same_boot
from reconcile.lab.device.account import LocalAccount
from reconcile.lab.device.trouble import Trouble
from tests.client.device.wire import HOST, LOST, SECRET, Wire, printed, run, wire
from tests.lab.device.machine import CLOUD_ADMIN, MACHINE_SID, NEW_PASSWORD, NOW, PASSWORD, joined


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path) -> Iterator[Wire]:
    """A joined device whose built-in administrator is ready."""
    with wire(joined(), tmp_path) as here:
        assert run(ready_administrator(here.way(), HOST, SECRET)).outcome == "done"
        yield here


def test_a_login_as_the_local_administrator_is_proven(lab: Wire) -> None:
    answer, proof = run(prove_login(lab.way(), lab.local(), HOST))

    assert (answer.outcome, answer.why) == ("done", "as PC1\\Administratör")
    assert proof is not None
    assert (proof.host, proof.device, proof.account) == (HOST, HOST, "PC1\\Administratör")
    assert (proof.sid, proof.booted_at) == (f"{MACHINE_SID}-500", lab.machine.device.booted_at)
    assert (
        repr(proof)
        == f"LoginProof(host='PC1', account='PC1\\\\Administratör', booted_at='{proof.booted_at.isoformat()}')"
    )


def test_a_wrong_password_proves_nothing(lab: Wire) -> None:
    answer, proof = run(prove_login(lab.way(), lab.local("another"), HOST))

    assert (answer.outcome, proof) == ("refused", None)
    assert answer.why.startswith("no login: authentication: ")
    assert "another" not in answer.why


def test_a_login_as_somebody_from_elsewhere_proves_nothing(lab: Wire) -> None:
    answer, proof = run(prove_login(lab.way(), lab.way(CLOUD_ADMIN, PASSWORD), HOST))

    assert (answer.outcome, proof) == ("refused", None)
    assert answer.why == f"{CLOUD_ADMIN} is no enabled local administrator of it"


def test_an_administrator_whose_rights_are_filtered_proves_nothing(lab: Wire) -> None:
    device = lab.machine.device
    device.token_filter_policy = False
    device.accounts.append(LocalAccount(f"{MACHINE_SID}-1001", "rescue", enabled=True, password=NEW_PASSWORD))

    answer, proof = run(prove_login(lab.way(), lab.way("PC1\\rescue", NEW_PASSWORD), HOST))

    assert (answer.outcome, proof) == ("refused", None)
    assert "LocalAccountTokenFilterPolicy" in answer.why


def test_a_user_who_is_no_administrator_proves_nothing(lab: Wire) -> None:
    guest = LocalAccount(f"{MACHINE_SID}-1002", "guest", enabled=True, password=NEW_PASSWORD, member=False)
    lab.machine.device.accounts.append(guest)

    answer, proof = run(prove_login(lab.way(), lab.way("PC1\\guest", NEW_PASSWORD), HOST))

    assert (answer.outcome, proof) == ("refused", None)
    assert answer.why == "PC1\\guest is no enabled local administrator of it"


def test_a_device_that_starts_again_meanwhile_proves_nothing(lab: Wire) -> None:
    login = lab.local()
    who = run(login.run(HOST, "# reconcile whoami\n"))

    class Restarting:
        async def run(self, *_: object) -> object:
            lab.machine.device.booted_at += timedelta(minutes=5)
            return who

    answer, proof = run(prove_login(lab.way(), Restarting(), HOST))  # type: ignore[arg-type]

    assert (answer.outcome, answer.why, proof) == ("refused", "it started again meanwhile", None)


def test_another_device_that_answers_proves_nothing(lab: Wire) -> None:
    login = lab.local()
    login.instead["whoami"] = printed(
        {"account": "PC9\\Administrator", "sid": f"{MACHINE_SID}-500", "host": "PC9", "elevated": True}
    )

    answer, proof = run(prove_login(lab.way(), login, HOST))

    assert (answer.outcome, answer.why, proof) == ("refused", "PC9 answered there, and not PC1", None)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("booted_at", "booted_at: it is not told"),
        ("administrators", "administrators: it is not told"),
    ],
)
def test_what_the_device_does_not_say_proves_nothing(part: str, why: str, lab: Wire) -> None:
    lab.machine.device.failing[part] = "it is not told"

    answer, proof = run(prove_login(lab.way(), lab.local(), HOST))

    assert (answer.outcome, proof) == ("refused", None)
    assert why in answer.why


def test_a_device_that_cannot_be_reached_is_unknown(lab: Wire) -> None:
    lost = lab.local()
    lost.instead["whoami"] = LOST
    answer, proof = run(prove_login(lab.way(), lost, HOST))
    assert (answer.outcome, answer.why, proof) == ("unknown", "no login: lost: connection reset by peer", None)

    lab.machine.devices.trouble[HOST] = Trouble("dead")
    answer, proof = run(prove_login(lab.way(), lab.local(), HOST))
    assert (answer.outcome, answer.state, proof) == ("unknown", None, None)


def test_a_device_that_is_gone_after_the_login_is_unknown(lab: Wire) -> None:
    way, login = lab.way(), lab.local()

    class Vanishing:
        async def run(self, *given: object) -> object:
            said = await login.run(*given)  # type: ignore[arg-type]
            way.instead["collect"] = LOST
            return said

    answer, proof = run(prove_login(way, Vanishing(), HOST))  # type: ignore[arg-type]

    assert (answer.outcome, answer.why, proof) == ("unknown", "lost: connection reset by peer", None)


def test_a_proof_cannot_be_made_copied_stored_changed_or_imitated(lab: Wire) -> None:
    proof = lab.proof_of_now()

    with pytest.raises(TypeError, match="proven by prove_login alone"):
        LoginProof()
    with pytest.raises(TypeError):
        LoginProof(HOST, HOST, "account", "sid", NOW)  # type: ignore[call-arg]
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be copied or stored"):
            copied(proof)
    with pytest.raises(AttributeError, match="cannot be changed"):
        proof.host = "PC2"
    with pytest.raises(TypeError, match="one kind of proof"):
        type("Forged", (LoginProof,), {})


def test_a_clock_that_is_corrected_a_little_starts_no_device_anew() -> None:
    assert same_boot(NOW, NOW + timedelta(milliseconds=500))
    assert not same_boot(NOW, NOW + timedelta(seconds=2))
