"""Columns of text as ids, names, flags and times: null in, null out, and what is malformed is told apart.

Every function takes a whole column and gives one of the same length.
"""

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.times import Column, Culture, Times, read_times

__all__ = [
    "Culture",
    "Times",
    "filled",
    "flags",
    "fold",
    "guids",
    "hosts",
    "malformed_flags",
    "malformed_guids",
    "malformed_sids",
    "only",
    "read_times",
    "sids",
]

GUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
SID = r"^S-1(-\d+)+$"
ZERO = "00000000-0000-0000-0000-000000000000"
YES = pa.array(["true", "yes", "1"])
NO = pa.array(["false", "no", "0"])


def guids(values: Column) -> Column:
    """Lower case without braces; null unless a GUID, and for the all-zero one, which is no identity."""
    bare = _bare_guids(values)
    return only(bare, pc.and_(pc.match_substring_regex(bare, GUID), pc.not_equal(bare, ZERO)))


def malformed_guids(values: Column) -> Column:
    bare = _bare_guids(values)
    return _filled_but_not(bare, pc.match_substring_regex(bare, GUID))


def sids(values: Column) -> Column:
    """Upper case; null unless a SID."""
    bare = _bare_sids(values)
    return only(bare, pc.match_substring_regex(bare, SID))


def malformed_sids(values: Column) -> Column:
    bare = _bare_sids(values)
    return _filled_but_not(bare, pc.match_substring_regex(bare, SID))


def fold(values: Column) -> Column:
    """As `str.casefold`; Python is asked only for what is not ASCII."""
    if isinstance(values, pa.ChunkedArray):  # Arrow's replacement goes wrong where chunks differ
        return pa.chunked_array([fold(chunk) for chunk in values.chunks], values.type)
    lower = pc.ascii_lower(values)
    wide = pc.invert(pc.string_is_ascii(values))
    if not pc.any(wide).as_py():
        return lower
    folded = [text.casefold() for text in values.filter(wide).to_pylist()]
    return pc.replace_with_mask(lower, pc.fill_null(wide, False), pa.array(folded, pa.string()))  # noqa: FBT003 - Arrow's own order of arguments


def hosts(values: Column) -> Column:
    """Case-folded, and cut at the first dot where the name has no blank; null where nothing is left."""
    names = fold(pc.utf8_trim_whitespace(values))
    dotted = pc.match_substring_regex(names, r"^[^\s\p{Z}]*\.[^\s\p{Z}]*$")
    if pc.any(dotted).as_py():
        names = pc.if_else(dotted, pc.list_element(pc.split_pattern(names, ".", max_splits=1), 0), names)
    return only(names, pc.not_equal(names, ""))


def filled(values: Column) -> Column:
    """Without the blanks around it; null where nothing is left."""
    bare = pc.utf8_trim_whitespace(values)
    return only(bare, pc.not_equal(bare, ""))


def only(values: Column, mask: Column) -> Column:
    """Null where the mask is not true."""
    return pc.if_else(mask, values, pa.scalar(None, values.type))


def flags(values: Column) -> Column:
    """true, yes and 1; false, no and 0; null for anything else."""
    bare = pc.ascii_lower(pc.utf8_trim_whitespace(values))
    is_yes = pc.is_in(bare, value_set=YES)
    return only(is_yes, pc.or_(is_yes, pc.is_in(bare, value_set=NO)))


def malformed_flags(values: Column) -> Column:
    bare = pc.ascii_lower(pc.utf8_trim_whitespace(values))
    return _filled_but_not(bare, pc.or_(pc.is_in(bare, value_set=YES), pc.is_in(bare, value_set=NO)))


def _bare_guids(values: Column) -> Column:
    return pc.ascii_lower(pc.utf8_trim_whitespace(pc.ascii_trim(pc.utf8_trim_whitespace(values), "{}")))


def _bare_sids(values: Column) -> Column:
    return pc.ascii_upper(pc.utf8_trim_whitespace(values))


def _filled_but_not(values: Column, well_formed: Column) -> Column:
    return pc.fill_null(pc.and_(pc.not_equal(values, ""), pc.invert(well_formed)), False)  # noqa: FBT003 - Arrow's own order of arguments
