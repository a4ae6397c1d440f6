"""Acts on a machine of the lab, over the real wire: each done once, looked at before and after, and told as it is."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconcile.client.device.act import (
    Unjoin,
    leave,
    leave_domain,
    ready_administrator,
    rejoin_off,
    remove_certificates,
    remove_registrations,
)
from reconcile.client.device.channel import Channel
from reconcile.client.device.perform import Answer
from reconcile.client.device.proof import LoginProof, prove_login
from reconcile.client.device.restart import restart
from reconcile.client.device.undo import rejoin_restore
from reconcile.client.remote.given import Secret
from reconcile.lab.device.account import Profile
from reconcile.lab.device.certificate import FULL_ISSUER
from reconcile.lab.device.trouble import Trouble
from reconcile.lab.winrm.fault import WinRMFault
from reconcile.lab.winrm.lab import Invocation, Said
from tests.client.device.wire import DENIED, HOST, LOST, NO_WAY, SECRET, SWIFT, Way, Wire, name_of, printed, run, wire
from tests.lab.device.machine import ADA, ADMIN, DEVICE_ID, MACHINE_SID, PASSWORD, Machine, hybrid, joined, registered

UNJOIN = Unjoin(ADMIN, Secret(PASSWORD))
BEFORE = {"task": "ready", "block": None, "auto": None}
HASTE: dict[str, Any] = {"pause": 0.01}


@dataclass(frozen=True)
class Case:
    """An act on a machine that it has something to do on; what is needed first was done."""

    script: str
    machine: Callable[[], Machine]
    call: Callable[[Channel, LoginProof], Awaitable[Answer]]
    prepared: Callable[[Machine], None] = lambda _: None


def rejoins_not(machine: Machine) -> None:
    machine.run("rejoin-off")


CASES = {
    "administrator": Case("administrator", joined, lambda way, _: ready_administrator(way, HOST, SECRET, **HASTE)),
    "rejoin_off": Case("rejoin-off", hybrid, lambda way, _: rejoin_off(way, HOST, **HASTE)),
    "rejoin_restore": Case(
        "rejoin-restore", hybrid, lambda way, _: rejoin_restore(way, HOST, BEFORE, **HASTE), rejoins_not
    ),
    "leave": Case("leave", joined, lambda way, proof: leave(way, HOST, proof, **HASTE)),
    "leave_domain": Case("leave-domain", hybrid, lambda way, proof: leave_domain(way, HOST, proof, UNJOIN, **HASTE)),
    "restart": Case("restart", joined, lambda way, _: restart(way, HOST, SWIFT)),
    "certificates": Case("certificates", joined, lambda way, _: remove_certificates(way, HOST, **HASTE)),
    "registrations": Case("registrations", registered, lambda way, _: remove_registrations(way, HOST, **HASTE)),
}
LATER = {"leave_domain"}
"""To be seen after a restart only."""


@dataclass
class Ready:
    case: Case
    wire: Wire
    proof: LoginProof
    way: Way

    def act(self) -> Answer:
        async def wait() -> Answer:
            return await self.case.call(self.way, self.proof)

        return run(wait())

    @property
    def times(self) -> int:
        """So often the act was carried out."""
        return self.wire.asked.count(self.case.script)


@pytest.fixture(name="ready", params=sorted(CASES))
def ready_fixture(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ready]:
    yield from made(CASES[request.param], tmp_path)


def made(case: Case, folder: Path) -> Iterator[Ready]:
    machine = case.machine()
    case.prepared(machine)
    with wire(machine, folder) as here:
        proof = here.proven() if case.script in {"leave", "leave-domain"} else None
        way = here.local() if case.script == "restart" else here.way()
        if case.script == "restart":
            here.proven()
        machine.device.log.clear()
        yield Ready(case, here, proof, way)  # type: ignore[arg-type]


def test_what_is_to_be_done_is_done_once_and_seen_to_be_so(ready: Ready) -> None:
    answer = ready.act()

    expected = "unknown" if ready.case is CASES["leave_domain"] else "done"
    assert (answer.outcome, answer.begun, answer.pending) == (expected, True, expected == "unknown")
    assert answer.host == HOST
    assert answer.state is not None
    assert answer.before is not None
    assert ready.wire.done == [ready.case.script]


def test_what_is_so_is_left_alone(ready: Ready) -> None:
    first = ready.act()
    if ready.case.script == "leave-domain":
        run(restart(ready.wire.local(), HOST, SWIFT))
        ready.way = ready.wire.local()
    if ready.case.script in {"restart", "administrator"}:
        return
    second = ready.act()

    assert first.outcome in {"done", "unknown"}
    assert (second.outcome, second.begun, second.before) == ("already", False, None)
    assert ready.times == 1


def test_what_the_device_refuses_is_refused_in_its_own_words(ready: Ready) -> None:
    ready.way.instead[ready.case.script] = printed(DENIED)

    answer = ready.act()

    assert (answer.outcome, answer.why, answer.before) == ("refused", "test: Access is denied.", None)
    assert ready.wire.done == []


def test_an_answer_that_is_lost_after_it_was_done_is_looked_for(ready: Ready) -> None:
    ready.way.after[ready.case.script] = LOST

    answer = ready.act()

    doubtful = ready.case.script in {"leave-domain", "administrator"}
    assert (answer.outcome, answer.begun) == ("unknown" if doubtful else "done", True)
    assert answer.before is not None
    assert ready.times == 1


def test_an_act_that_is_lost_on_its_way_is_not_called_done(ready: Ready) -> None:
    ready.way.instead[ready.case.script] = LOST

    answer = ready.act()

    assert (answer.outcome, answer.begun) == ("unknown", True)
    assert answer.why
    assert ready.wire.done == []


def test_a_device_that_cannot_be_reached_is_told_and_nothing_is_begun(ready: Ready) -> None:
    ready.wire.machine.devices.trouble[HOST] = Trouble("dead")

    answer = ready.act()

    assert (answer.outcome, answer.begun, answer.before, answer.state) == ("unknown", False, None, None)
    assert answer.why.startswith("refused: ")
    assert ready.wire.done == []


def test_a_device_that_goes_away_before_the_act_was_sent_has_not_done_it(ready: Ready) -> None:
    ready.way.instead[ready.case.script] = NO_WAY

    answer = ready.act()

    assert (answer.outcome, answer.begun, answer.before) == (
        "unknown" if ready.case.script == "administrator" else "refused",
        False,
        None,
    )
    assert "refused: connection refused" in answer.why
    assert ready.wire.done == []


def test_an_act_that_says_it_did_and_did_not_is_found_out(ready: Ready) -> None:
    ready.wire.machine.device.without_effect.add(ready.case.script)

    answer = ready.act()

    assert answer.outcome in ({"refused", "unknown"} if ready.case.script == "administrator" else {"unknown"})
    assert "a look shows that it is not" in answer.why or "it still runs since" in answer.why
    assert ready.wire.done == []


def test_no_secret_is_in_what_is_told(ready: Ready) -> None:
    ready.way.instead[ready.case.script] = printed(
        {"did": False, "errors": [{"part": "x", "message": f"{SECRET.text} or {PASSWORD} is wrong"}]}
    )

    answer = ready.act()

    for case, secret in (("administrator", SECRET.text), ("leave-domain", PASSWORD)):
        if ready.case.script == case:
            assert secret not in answer.why
            assert "***" in answer.why
    assert SECRET.text not in repr(ready.way.channel)
    assert PASSWORD not in repr(ready.way.channel)
    assert PASSWORD not in repr(UNJOIN)


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Wire]:
    with wire(request.param(), tmp_path) as here:
        yield here


def on(*machines: Callable[[], Machine]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("lab", machines, indirect=True, ids=lambda one: one.__name__)


@on(joined)
def test_a_joined_device_leaves_and_its_administrator_can_sign_in_afterwards(lab: Wire) -> None:
    proof = lab.proven()

    left = run(leave(lab.way(), HOST, proof))
    back = run(restart(lab.local(), HOST, SWIFT))
    clean = run(remove_certificates(lab.local(), HOST))

    assert left.before == {"entra_joined": True, "device_id": DEVICE_ID}
    assert left.state is not None
    assert (left.outcome, left.why, left.state.entra_joined, left.state.cloud_join) == ("done", "", False, ())
    assert (back.outcome, clean.outcome) == ("done", "already")
    assert not lab.machine.device.locked_out
    assert lab.done == ["administrator", "leave", "restart"]


@on(hybrid)
def test_a_hybrid_device_leaves_both_and_does_not_come_back(lab: Wire) -> None:
    proof = lab.proven()

    answers = [
        run(rejoin_off(lab.way(), HOST)),
        run(leave(lab.way(), HOST, proof)),
        run(leave_domain(lab.way(), HOST, proof, UNJOIN)),
        run(restart(lab.local(), HOST, SWIFT)),
        run(leave_domain(lab.local(), HOST, lab.proof_of_now(), UNJOIN)),
        run(remove_certificates(lab.local(), HOST)),
    ]

    assert [answer.outcome for answer in answers] == ["done", "done", "unknown", "done", "already", "already"]
    assert [answer.pending for answer in answers] == [False, False, True, False, False, False]
    assert answers[3].state is not None
    assert (answers[3].state.part_of_domain, answers[3].state.entra_joined) == (False, False)
    assert lab.done == ["administrator", "rejoin-off", "leave", "leave-domain", "restart"]


@on(hybrid)
def test_a_device_that_would_join_again_by_itself_is_told_of(lab: Wire) -> None:
    answer = run(leave(lab.way(), HOST, lab.proven()))

    assert (answer.outcome, answer.why) == ("done", "automatic re-join is not off: it would join again by itself")


@on(joined)
def test_without_a_proof_nobody_leaves(lab: Wire) -> None:
    run(ready_administrator(lab.way(), HOST, SECRET))
    for proof in (None, True, object()):
        answer = run(leave(lab.way(), HOST, proof))  # type: ignore[arg-type]
        assert (answer.outcome, answer.why) == ("refused", "no login as a local administrator is proven")

    assert lab.asked == ["administrator"]


@on(hybrid)
def test_without_a_proof_no_domain_is_left(lab: Wire) -> None:
    answer = run(leave_domain(lab.way(), HOST, None, UNJOIN))  # type: ignore[arg-type]

    assert (answer.outcome, answer.why) == ("refused", "no login as a local administrator is proven")
    assert lab.asked == []


@on(joined, hybrid)
def test_a_proof_of_before_a_restart_is_none(lab: Wire) -> None:
    proof = lab.proven()
    run(restart(lab.local(), HOST, SWIFT))

    answer = run(leave(lab.way(), HOST, proof))

    assert answer.outcome == "refused"
    assert answer.why.startswith("it has started again since PC1\\Administratör signed in")


@on(joined)
def test_a_proof_fits_the_device_it_was_made_on_alone(lab: Wire) -> None:
    proof = lab.proven()
    other = joined()
    other.device.name, other.device.booted_at = "PC2", lab.machine.device.booted_at
    lab.machine.devices.add(other.device)

    answer = run(leave(lab.way(), "PC2", proof))

    assert (answer.outcome, answer.why) == ("refused", "the login was proven on PC1, and this is PC2")


@on(joined)
def test_a_proof_falls_with_its_account(lab: Wire) -> None:
    proof = lab.proven()
    assert lab.machine.device.built_in is not None
    lab.machine.device.built_in.enabled = False

    answer = run(leave(lab.way(), HOST, proof))

    assert (answer.outcome, answer.why) == (
        "refused",
        "PC1\\Administratör is no enabled local administrator any more",
    )


@on(joined)
def test_what_dsregcmd_does_not_say_is_unknown_and_nobody_leaves(lab: Wire) -> None:
    proof = lab.proven()
    lab.machine.device.failing["dsregcmd"] = "The system cannot find the file specified."

    answer = run(leave(lab.way(), HOST, proof))

    assert (answer.outcome, answer.begun) == ("unknown", False)
    assert answer.why == "dsregcmd: The system cannot find the file specified."


@on(joined)
def test_a_connection_that_breaks_while_the_device_leaves_is_made_anew_to_look(lab: Wire) -> None:
    proof = lab.proven()
    handler = lab.served.winrm.handler

    def breaking(invocation: Invocation) -> Said:
        said = handler(invocation)
        assert isinstance(said, Said)
        if name_of(invocation.script) == "leave":
            lab.served.winrm.faults.add(WinRMFault("lost", "Receive|Command"))
        return said

    lab.served.winrm.handler = breaking
    answer = run(leave(lab.way(), HOST, proof, **HASTE))

    assert (answer.outcome, answer.begun) == ("done", True)
    assert answer.before == {"entra_joined": True, "device_id": DEVICE_ID}
    assert lab.asked.count("leave") == 1


@on(joined)
def test_an_administrator_is_made_ready_whatever_he_is_called(lab: Wire) -> None:
    answer = run(ready_administrator(lab.way(), HOST, SECRET))

    assert answer.before == {
        "exists": True,
        "enabled": False,
        "member": True,
        "sid": f"{MACHINE_SID}-500",
        "name": "Administratör",
    }
    assert answer.state is not None
    assert answer.state.built_in is not None
    assert answer.state.built_in.enabled


@on(joined)
def test_an_administrator_of_another_name_is_made(lab: Wire) -> None:
    answer = run(ready_administrator(lab.way(), HOST, SECRET, "rescue"))
    proven, proof = run(prove_login(lab.way(), lab.way("PC1\\rescue", SECRET.text), HOST))

    assert answer.outcome == "done"
    assert answer.before is not None
    assert (answer.before["exists"], answer.before["name"]) == (False, "rescue")
    assert (proven.outcome, proof and proof.account) == ("done", "PC1\\rescue")


@on(joined)
def test_a_password_that_the_device_does_not_take_is_a_refusal(lab: Wire) -> None:
    answer = run(ready_administrator(lab.way(), HOST, Secret("short")))

    assert answer.outcome == "refused"
    assert answer.why.startswith("administrator: The password does not meet")
    assert lab.done == []


@on(joined)
def test_an_administrator_whose_state_cannot_be_read_afterwards_is_not_touched(lab: Wire) -> None:
    lab.machine.device.failing["administrators"] = "Failed to compare two elements in the array."

    answer = run(ready_administrator(lab.way(), HOST, SECRET))

    assert (answer.outcome, answer.begun) == ("unknown", False)
    assert lab.asked == []


@on(joined)
def test_a_password_that_is_right_already_is_not_set_again(lab: Wire) -> None:
    run(ready_administrator(lab.way(), HOST, SECRET))
    way = lab.way()
    told = {"before": {"exists": True, "enabled": True, "member": True}, "did": False, "errors": []}
    way.instead["administrator"] = printed(told | {"sid": f"{MACHINE_SID}-500", "name": "Administratör"})

    answer = run(ready_administrator(way, HOST, SECRET))

    assert (answer.outcome, answer.before) == ("already", None)


@on(hybrid)
def test_who_may_not_take_it_out_of_the_domain_is_told(lab: Wire) -> None:
    answer = run(leave_domain(lab.way(), HOST, lab.proven(), Unjoin(ADMIN, Secret("wrong word"))))

    assert answer.outcome == "refused"
    assert "The user name or password is incorrect." in answer.why
    assert "wrong word" not in answer.why


@pytest.mark.parametrize("issuer", ["", FULL_ISSUER])
def test_certificates_go_and_those_of_another_issuer_stay(issuer: str, tmp_path: Path) -> None:
    machine = joined()
    if issuer:
        machine.device.certificates = [
            one if not one.of_registration else type(one)(**{**vars(one), "issuer": issuer})
            for one in machine.device.certificates
        ]
    with wire(machine, tmp_path) as lab:
        lab.proven()
        answer = run(remove_certificates(lab.local(), HOST))

    assert answer.outcome == "done"
    assert answer.before is not None
    (removed,) = answer.before["removed"]
    assert (removed["store"], removed["subject"]) == ("LocalMachine", f"CN={DEVICE_ID}")
    assert removed["der"]
    assert [one.of_registration for one in machine.device.certificates] == [False]


@on(registered)
def test_registrations_go_with_their_certificates(lab: Wire) -> None:
    answer = run(remove_registrations(lab.way(), HOST, ADA.sid))

    assert answer.outcome == "done"
    assert answer.before is not None
    key, certificate = answer.before["removed"]
    assert (key["sid"], key["account"], certificate["sid"]) == (ADA.sid, ADA.upn, ADA.sid)
    assert key["thumbprint"] == certificate["thumbprint"]
    assert certificate["der"]
    assert answer.state is not None
    assert (answer.state.workplace_join, answer.state.issued) == ((), ())


@on(registered)
def test_what_an_unloaded_profile_holds_is_unknown_and_never_clean(lab: Wire) -> None:
    sid = f"{MACHINE_SID}-1010"
    lab.machine.device.profiles.append(Profile(sid, "PC1\\former", "former@aldermoor.example"))

    every = run(remove_registrations(lab.way(), HOST))
    loaded = run(remove_registrations(lab.way(), HOST, ADA.sid))
    hers = run(remove_registrations(lab.way(), HOST, sid))
    certificates = run(remove_certificates(lab.way(), HOST))

    why = f"unloaded, and what they hold is unknown: {sid}"
    assert (every.outcome, every.why, every.unloaded) == ("unknown", why, (sid,))
    assert every.before is not None
    assert {one["sid"] for one in every.before["removed"]} == {ADA.sid}
    assert (loaded.outcome, loaded.unloaded) == ("already", ())
    assert (hers.outcome, hers.why, hers.unloaded) == ("unknown", why, (sid,))
    assert (certificates.outcome, certificates.why, certificates.unloaded) == ("already", why, (sid,))


@on(registered)
def test_a_store_that_cannot_be_read_is_not_clean(lab: Wire) -> None:
    run(remove_registrations(lab.way(), HOST))
    lab.machine.device.failing["certificates"] = "The profile cannot be reached."

    for act in (remove_certificates, remove_registrations):
        answer = run(act(lab.way(), HOST))
        assert (answer.outcome, answer.why) == ("unknown", "certificates: The profile cannot be reached.")


@on(joined)
def test_what_the_program_said_is_told_where_it_had_no_effect(lab: Wire) -> None:
    proof, way = lab.proven(), lab.way()
    told = {
        "before": {"entra_joined": True},
        "did": True,
        "exit": 1,
        "text": "DsrDeviceLeave failed.\r\n",
        "errors": [],
    }
    way.instead["leave"] = printed(told)

    answer = run(leave(way, HOST, proof))

    assert answer.outcome == "unknown"
    assert answer.why == ("the device says that it is done, and a look shows that it is not; DsrDeviceLeave failed.")


@on(joined)
def test_a_device_that_is_gone_after_the_act_is_unknown_with_its_before_image(lab: Wire) -> None:
    proof, way = lab.proven(), lab.way()
    way.heard = lambda output: NO_WAY if "leave" in way.ran and way.ran[-1] == "collect" else output

    answer = run(leave(way, HOST, proof, **HASTE))

    assert (answer.outcome, answer.begun, answer.state) == ("unknown", True, None)
    assert answer.why == "what became of it cannot be looked at"
    assert answer.before == {"entra_joined": True, "device_id": DEVICE_ID}
    assert way.ran.count("collect") == 4


@on(hybrid)
def test_what_was_done_in_part_is_refused_and_shown(lab: Wire) -> None:
    way = lab.way()
    told = {"before": BEFORE, "did": True, "errors": [{"part": "rejoin", "message": "Access to the key is denied."}]}
    way.instead["rejoin-off"] = printed(told)

    answer = run(rejoin_off(way, HOST))

    assert (answer.outcome, answer.why, answer.before) == ("refused", "rejoin: Access to the key is denied.", BEFORE)


@on(hybrid)
def test_whether_it_started_again_must_be_known(lab: Wire) -> None:
    proof = lab.proven()
    lab.machine.device.failing["booted_at"] = "Invalid class"

    answer = run(leave_domain(lab.way(), HOST, proof, UNJOIN))

    assert (answer.outcome, lab.asked) == ("refused", ["administrator"])
    assert answer.why == "whether it has started again since PC1\\Administratör signed in is not known"
