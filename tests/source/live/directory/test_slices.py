"""Ranges that share out a domain: each computer falls into one of them and no other."""

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.computer import SERVED
from reconcile.source.live.directory.slices import CONNECTIONS, Read, ranges

NUMBERS = st.integers(0, 40)


def fits(filter_: str, number: int | None) -> bool:
    """As a directory decides it; what has no number fits no comparison, and every negation of one."""
    if filter_.startswith("(!"):
        return not fits(filter_[2:-1], number)
    limits = re.findall(r"\(uSNCreated(<=|>=)(\d+)\)", filter_)
    return all(number is not None and (number <= int(at) if sign == "<=" else number >= int(at)) for sign, at in limits)


@given(cuts=st.lists(NUMBERS, max_size=4).map(sorted), number=st.none() | NUMBERS)
def test_every_computer_is_in_one_range(cuts: Sequence[int], number: int | None) -> None:
    every = list(ranges(cuts))

    assert len(every) == len(cuts) + 1
    assert sum(fits(one, number) for one in every) == 1


@given(born=st.lists(NUMBERS, min_size=1, max_size=50, unique=True))
def test_the_next_pull_shares_them_out_evenly(born: list[int]) -> None:
    cuts = Read(SERVED.empty_table(), born).cuts()
    sizes = [sum(fits(one, number) for number in born) for one in ranges(cuts)]

    assert len(cuts) == CONNECTIONS - 1
    assert list(cuts) == sorted(cuts)
    assert max(sizes) - min(sizes) <= 2


def test_where_nothing_is_known_there_is_one_range() -> None:
    assert Read(SERVED.empty_table(), []).cuts() == ()
    assert list(ranges(())) == [""]
