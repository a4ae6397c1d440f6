"""All that the rules may look at: three frames, what is known of their completeness, the policy and the clock."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from reconcile.finding.lookup import Mask, is_known, is_true, times
from reconcile.settings import Policy
from reconcile.source.protected import Protected

State = Literal["complete", "incomplete", "absent"]


@dataclass(frozen=True)
class Estate:
    """One sweep's frames (`frame/columns.py`) and the facts that decide what may be said of them."""

    entra: pd.DataFrame
    """The active rows."""
    deleted: pd.DataFrame
    """The soft-deleted rows, as far as they were pulled."""
    directory: pd.DataFrame
    agents: pd.DataFrame
    retired: pd.DataFrame
    entra_state: State
    directory_state: State
    domains: tuple[str, ...]
    """The DNS names that the directory is configured to hold; empty where nothing is listed."""
    tenant: str | None
    """Our tenant's id; unknown, no report claims anything."""
    policy: Policy
    protected: tuple[Protected, ...]
    now: datetime
    excluded: tuple[str, ...] = ()
    """Distinguished names below which every computer is protected."""

    @cached_property
    def clock(self) -> np.datetime64:
        return np.datetime64(self.now.replace(tzinfo=None), "us")

    def days_ago(self, days: int) -> np.datetime64:
        return self.clock - np.timedelta64(days, "D")

    @cached_property
    def takes_part(self) -> Mask:
        """The Entra rows that count in another row's rule: Windows, with an identity."""
        return is_true(self.entra["windows"]) & is_known(self.entra["device_id"])

    @cached_property
    def fresh(self) -> Mask:
        """The reports that are recent enough to be believed."""
        captured = times(self.agents["captured_at"])
        not_old = captured >= self.days_ago(self.policy.agent_fresh_days)
        return not_old & (captured <= self.clock + np.timedelta64(1, "h"))


def split_deleted(entra: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The active rows, and the soft-deleted ones."""
    deleted = is_known(entra["deleted_at"])
    if not deleted.any():
        return entra, entra.iloc[:0]
    return entra[~deleted].reset_index(drop=True), entra[deleted].reset_index(drop=True)
