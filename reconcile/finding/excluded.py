"""Computers below the places that settings exclude: they are known, so that nothing is orphaned for want of them, and left alone."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.lookup import Mask, arrow, mask_of
from reconcile.finding.view import View

_SPACED = re.compile(r"\s*,\s*")


def excluded(view: View) -> Mask:
    """Per computer of the directory."""
    return _below(arrow(view.estate.directory["dn"]), view.estate.excluded)


def empty_exclusions(view: View) -> Iterator[str]:
    """Places that hold no computer, as sentences."""
    for place in view.estate.excluded:
        if not _below(arrow(view.estate.directory["dn"]), [place]).any():
            yield f"[directory] exclude: there is no computer below {place}"


def _below(dns: pa.Array, places: Sequence[str]) -> Mask:
    if not places:
        return np.zeros(len(dns), np.bool_)
    endings = "|".join(re.escape(_SPACED.sub(",", place.strip()).lower()) for place in places)
    return mask_of(pc.match_substring_regex(pc.utf8_lower(dns), f",(?:{endings})$"))
