"""Arrow's columns and kernels for the writers; untyped, for the stubs refuse chunked columns and plain texts."""

from typing import Any, TypeAlias

import pyarrow.compute as pc

Column: TypeAlias = Any
"""A `pa.ChunkedArray`."""
kernels: Any = pc
