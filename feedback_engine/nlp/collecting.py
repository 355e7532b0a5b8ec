"""Python's search for cycles put off while very many objects are made that hold none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off_collection() -> Iterator[None]:
    """Within the block, look for no cycles; afterwards again, if it was so before.

    Loading word lists and tagging a batch make tens of thousands of tuples and no cycle; looking through them and all
    that was there before takes a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
