"""What each name of a finding means, in plain words for managers and administrators."""

from dataclasses import dataclass

SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Words:
    title: str
    meaning: str
    next_step: str


KINDS = {
    "stale-guid": Words(
        "Replaced identity",
        "A row from an earlier life of the machine: its AD computer, or the device itself, now bears another GUID.",
        "Compare with the living id in the evidence, then plan the deletion of this row; the living one stays.",
    ),
    "orphaned-cloud": Words(
        "Orphaned in the cloud",
        "Its other half is gone: no AD computer stands behind the hybrid row, or the device itself says that it is not joined.",
        "Save its recovery keys, then plan its deletion in Entra ID.",
    ),
    "duplicate": Words(
        "Duplicate",
        "An older row of the same host and join; a newer one is in use and nothing proves this one live.",
        "Compare with the newer row in the evidence, then plan the deletion of the older one.",
    ),
    "orphaned-directory": Words(
        "Orphaned in AD",
        "A workstation that AD should sync and that has no row in Entra ID.",
        "If it is in use, mend its hybrid join or the sync; if not, plan its deletion in AD.",
    ),
    "orphaned-device": Words(
        "Orphaned device",
        "The device says that it is joined, with an id that Entra ID does not have: its sign-in and compliance fail.",
        "Restore the cloud object if it is among the deleted ones; else let the device leave and join again.",
    ),
    "dual-state": Words(
        "Two rows, one machine",
        "The machine is joined or hybrid, and a user registered it as well.",
        "Let the user disconnect the work account on the device, then plan the deletion of the registered row.",
    ),
    "disabled": Words(
        "Disabled",
        "Switched off, and still there: disabled is not deleted.",
        "If nobody asks for it within the grace period, plan its deletion; what AD has disabled is enabled again in AD only.",
    ),
    "pending": Words(
        "Never registered",
        "A hybrid row that never finished registering: the device cannot sign in with it.",
        "Look at dsregcmd /status on the device; if the machine is gone, plan the deletion of its AD computer.",
    ),
    "stale": Words(
        "Not seen for long",
        "No system that was asked has seen it for longer than the threshold.",
        "Ask its owner; then disable it first, and delete it after the grace period.",
    ),
    "resurrected": Words(
        "Back from the dead",
        "It was retired and verified gone, and is there again.",
        "Find out what brought it back (a sync, a restore, a device that never left), then retire it again.",
    ),
}

PROTECTIONS = {
    "autopilot": ("Autopilot", "registered with Windows Autopilot; deleting it would break the device's next set-up"),
    "autopilot-unknown": ("Autopilot unknown", "this export cannot tell whether it is an Autopilot device"),
    "domain-controller": ("Domain controller", "the domain itself runs on it"),
    "rodc": ("Read-only domain controller", "a branch signs in through it"),
    "cluster": ("Cluster", "a name of a failover cluster, which never signs in by itself"),
    "gmsa": ("Service account", "a managed service account, not a machine"),
    "sso-account": ("Single sign-on account", "seamless single sign-on depends on it"),
    "server": ("Server", "servers are retired by hand"),
    "critical": ("Critical object", "AD marks it as a critical system object"),
    "managed": ("Managed by Intune", "retire it in Intune first"),
    "compliant": ("Compliant", "it meets the compliance policy, so somebody uses it"),
    "new": ("New", "created or registered only days ago"),
    "recently-active": ("Recently active", "a system has seen it lately"),
    "protected-list": ("On the protected list", "named in inputs/protected.csv"),
    "restricted-unit": ("Restricted unit", "in a restricted management administrative unit"),
    "vdi": ("Virtual desktop", "a virtual desktop or cloud machine, which may come back under the same name"),
    "not-windows": ("Not Windows", "reconcile retires Windows devices only"),
    "cluster-unknown": ("Cluster unknown", "this export cannot tell whether it is a cluster name"),
}

SYSTEMS = {"entra": "Entra ID", "directory": "Active Directory", "agents": "Devices"}
WITNESSES = SYSTEMS | {"intune": "Intune"}
"""What can have seen a device last."""

STATES = {
    "complete": "complete",
    "incomplete": "not complete: what is missing in it is unknown, not gone",
    "absent": "absent: nothing was read, so nothing is said of it",
}

JOINS = {
    "registered": "registered",
    "joined": "joined",
    "hybrid": "hybrid joined",
    "unknown": "not known",
    "none": "no cloud row",
}


def kind(name: str) -> Words:
    return KINDS.get(name) or Words(
        name, "A kind of finding that this version has no words for.", "Look at the evidence."
    )


def protection(name: str) -> str:
    return PROTECTIONS[name][0] if name in PROTECTIONS else name


def held_by(blocked_by: str) -> str:
    """`autopilot;new` as `Autopilot, New`."""
    return ", ".join(protection(name) for name in blocked_by.split(";") if name)
