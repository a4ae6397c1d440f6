from pathlib import Path

import pytest

from reconcile.errors import InputError
from reconcile.source.faults import Fault, refuse

FILE = Path("inputs/protected.csv")


def test_no_fault_is_no_error() -> None:
    refuse(FILE, [])


def test_one_fault_names_file_row_and_field() -> None:
    with pytest.raises(InputError) as error:
        refuse(FILE, [Fault(7, "device", "is empty")])
    assert str(error.value) == f"{FILE}, row 7, device: is empty"


def test_many_faults_stand_in_one_error_in_the_order_of_the_file() -> None:
    with pytest.raises(InputError) as error:
        refuse(FILE, [Fault(9, "sid", "'x' is no SID"), Fault(7, "device", "is empty")])
    assert str(error.value) == (
        f"{FILE}: 2 faults, so nothing of it was used:\n  row 7, device: is empty\n  row 9, sid: 'x' is no SID"
    )


def test_after_twenty_faults_the_rest_is_counted() -> None:
    with pytest.raises(InputError) as error:
        refuse(FILE, [Fault(row, "device", "is empty") for row in range(1, 24)])
    lines = str(error.value).splitlines()
    assert (len(lines), lines[-2], lines[-1]) == (22, "  row 20, device: is empty", "  and 3 more")
