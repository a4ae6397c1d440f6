"""What holds a finding back from a plan: every protection of the object and of what is linked to it by id."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.excluded import excluded
from reconcile.finding.found import Found
from reconcile.finding.lookup import (
    NOWHERE,
    Mask,
    Positions,
    Times,
    arrow,
    equals,
    flatten,
    holds_at,
    is_false,
    is_known,
    is_true,
    mask_of,
    merge,
    newest,
    positions,
    spread,
    stands_in,
    times,
    where,
)
from reconcile.finding.view import View
from reconcile.settings import PROTECTIONS

if TYPE_CHECKING:
    import pandas as pd

Bits = npt.NDArray[np.uint32]
"""One bit a protection, in the order of PROTECTIONS."""

_GLOB_PART = re.compile(r"\[(?:![^\]]+|[^!\]][^\]]*)\]|.", re.DOTALL)
_SPECIAL_IN_SET = re.compile(r"[][\\^]")
_NOT_FOR_REPORTS = np.uint32(sum(1 << PROTECTIONS.index(name) for name in ("new", "recently-active")))
_ROLES = {
    "domain-controller": "domain-controller",
    "rodc": "rodc",
    "cluster": "cluster",
    "gmsa": "gmsa",
    "sso": "sso-account",
    "server": "server",
}


@dataclass(frozen=True)
class Protections:
    view: View

    @cached_property
    def of_computers(self) -> Bits:
        """Per directory row, with the bits of its Entra rows."""
        total = self._own_computers.copy()
        for rows, computers in self._machines:
            merge(total, computers, self._own_rows[rows], np.bitwise_or)
        return total

    @cached_property
    def of_rows(self) -> Bits:
        """Per Entra row, with the bits of its machine; a machine does not protect its registered twin."""
        total = self._own_rows.copy()
        for rows, computers in self._machines:
            total[rows] |= self.of_computers[computers]
        return total

    @cached_property
    def _machines(self) -> Sequence[tuple[Positions, Positions]]:
        """Entra rows and their computers, by GUID and by SID; registered rows are twins and not the machine."""
        links, machines = self.view.links, ~self.view.joined("registered")
        found = ((where((computer != NOWHERE) & machines), computer) for computer in (links.by_guid, links.by_sid))
        return [(rows, computer[rows]) for rows, computer in found]

    @cached_property
    def _own_computers(self) -> Bits:
        return _bits(_directory_masks(self.view), len(self.view.estate.directory))

    @cached_property
    def _own_rows(self) -> Bits:
        return _bits(_entra_masks(self.view), len(self.view.estate.entra))

    def of_found(self, found: Found) -> pa.Array:
        """`blocked_by` of each row that the rule names."""
        if found.system == "entra":
            bits = self.of_rows[found.rows]
        elif found.system == "directory":
            bits = self.of_computers[found.rows]
        else:
            bits = self._of_reports(found)
        return self._in_words(bits)

    def _of_reports(self, found: Found) -> Bits:
        """Those of the AD computer with the claimed id, of the report, and of the protected list by host."""
        estate = self.view.estate
        assert found.claimed is not None
        computer = positions(found.claimed, arrow(estate.directory["object_guid"]))
        masks = {
            "vdi": is_true(estate.agents["vdi"])[found.rows],
            "protected-list": _hosts_listed(self.view, arrow(estate.agents["host"]).take(found.rows)),
        }
        bits = _bits(masks, len(found.rows))
        linked = computer != NOWHERE
        bits[linked] |= self._own_computers[computer[linked]] & ~_NOT_FOR_REPORTS
        return bits

    def _in_words(self, bits: Bits) -> pa.Array:
        lifted = self.view.estate.policy.lift
        kinds, which = np.unique(bits, return_inverse=True)
        words = [
            ";".join(name for bit, name in enumerate(PROTECTIONS) if kind >> bit & 1 and name not in lifted)
            for kind in kinds.tolist()
        ]
        return pa.array(words, pa.string()).take(which.astype(np.int64))


def unmatched_protections(view: View) -> Sequence[str]:
    """Lines of the protected list that match nothing, as sentences."""
    estate = view.estate
    ids = [arrow(estate.entra[name]) for name in ("object_id", "device_id", "sid")]
    ids += [arrow(estate.directory[name]) for name in ("object_guid", "sid")]
    hosts = [arrow(estate.entra["host"]), flatten(arrow(estate.directory["hosts"]))[0], arrow(estate.agents["host"])]
    unmatched = []
    for line in estate.protected:
        if line.kind == "host":
            matched = any(pc.any(pc.match_substring_regex(host, _pattern([line.value]))).as_py() for host in hosts)
        else:
            matched = any(pc.index(values, line.value).as_py() >= 0 for values in ids)
        if not matched:
            unmatched.append(f"protected.csv row {line.row}: {line.value} matches nothing")
    return unmatched


def _entra_masks(view: View) -> Mapping[str, Mask]:
    estate, entra, policy = view.estate, view.estate.entra, view.estate.policy
    listed = (
        _ids_listed(view, entra["object_id"]) | _ids_listed(view, entra["device_id"]) | _ids_listed(view, entra["sid"])
    )
    return {
        "autopilot": equals(entra["autopilot"], "true"),
        "autopilot-unknown": equals(entra["autopilot"], "unknown"),
        "server": _says_server(view),
        "managed": is_true(entra["managed"]),
        "compliant": is_true(entra["compliant"]),
        "new": newest(times(entra["registered_at"]), times(entra["created_at"])) >= estate.days_ago(policy.new_days),
        "recently-active": _recent(view, view.activity.seen),
        "protected-list": listed | _hosts_listed(view, arrow(entra["host"])) | _hosts_listed(view, view.hosts),
        "restricted-unit": is_true(entra["restricted"]),
        "vdi": is_true(entra["azure_vm"]) | _claimed_by_vdi(view),
        "not-windows": is_false(entra["windows"]),
    }


def _directory_masks(view: View) -> Mapping[str, Mask]:
    estate, directory, policy = view.estate, view.estate.directory, view.estate.policy
    roles = positions(arrow(directory["role"]), pa.array([*_ROLES, "workstation"]))
    machine = (roles == len(_ROLES)) | (roles == list(_ROLES).index("server"))
    names, rows = flatten(arrow(directory["hosts"]))
    host_listed = spread(rows[_hosts_listed(view, names)], len(directory))
    return {
        **{protection: roles == code for code, protection in enumerate(_ROLES.values())},
        "critical": is_true(directory["critical"]),
        "new": times(directory["created_at"]) >= estate.days_ago(policy.new_days),
        "recently-active": _recent(view, view.directory_activity.seen),
        "protected-list": _ids_listed(view, directory["object_guid"])
        | _ids_listed(view, directory["sid"])
        | host_listed
        | excluded(view),
        "not-windows": is_false(directory["windows"]),
        "cluster-unknown": machine & is_false(directory["spns_served"]),
    }


def _recent(view: View, at: Times) -> Mask:
    return at >= view.estate.days_ago(view.estate.policy.recently_active_days)


def _says_server(view: View) -> Mask:
    """By the name of the operating system, where no AD role decides."""
    decided = holds_at(is_known(view.estate.directory["role"]), view.links.computer)
    return ~decided & mask_of(pc.match_substring(arrow(view.estate.entra["os"]), "server", ignore_case=True))


def _claimed_by_vdi(view: View) -> Mask:
    """Every row that the report of a virtual desktop claims, the registered twin too."""
    claims = view.fresh_claims
    ids = claims.ids.filter(pa.array(is_true(view.estate.agents["vdi"])[claims.reports]))
    return stands_in(arrow(view.estate.entra["device_id"]), ids)


def _ids_listed(view: View, column: "pd.Series[Any]") -> Mask:
    values = [line.value for line in view.estate.protected if line.kind != "host"]
    return stands_in(arrow(column), pa.array(values, pa.string()))


def _hosts_listed(view: View, hosts: pa.Array) -> Mask:
    globs = [line.value for line in view.estate.protected if line.kind == "host"]
    if not globs:
        return np.zeros(len(hosts), dtype=np.bool_)
    matches = pc.fill_null(pc.match_substring_regex(hosts, _pattern(globs)), False)  # noqa: FBT003 - Arrow's own order of arguments
    return np.asarray(matches.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _pattern(globs: Sequence[str]) -> str:
    """One RE2 expression for all globs; Python's own translation is beyond RE2."""
    return "(?s)^(?:" + "|".join(_GLOB_PART.sub(_as_regex, glob) for glob in globs) + ")$"


def _as_regex(part: re.Match[str]) -> str:
    text = part[0]
    if len(text) == 1:
        return {"*": ".*", "?": "."}.get(text, re.escape(text))
    members = _SPECIAL_IN_SET.sub(r"\\\g<0>", text[1:-1].removeprefix("!"))
    return f"[^{members}]" if text[1] == "!" else f"[{members}]"


def _bits(masks: Mapping[str, Mask], length: int) -> Bits:
    bits = np.zeros(length, dtype=np.uint32)
    for name, mask in masks.items():
        bits |= mask.astype(np.uint32) << np.uint32(PROTECTIONS.index(name))
    return bits
