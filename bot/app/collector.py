"""Tunes Python's garbage collector for a process that makes a hundred thousand values for one upload."""

import gc

# The usual 700 has the collector walk over an upload's rows hundreds of times while they are made: a third of
# the time of an import. Cycles are rare here, and 50,000 small objects are a few megabytes.
ALLOCATIONS = 50_000


def spare_collector() -> None:
    """Look for cycles less often, and never again among what was loaded at the start."""
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 50)
