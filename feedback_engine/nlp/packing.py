"""Arrays in a file: an npz, equal byte by byte for equal arrays."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_EARLIEST = (1980, 1, 1, 0, 0, 0)

#: What reading a file that is damaged, or no npz, may raise.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def read_arrays(data: bytes, names: Collection[str], further: Collection[str] = ()) -> dict[str, NDArray[Any]]:
    """Return the arrays of these names, and the further ones that there are; one of UNREADABLE where there are none."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in (*names, *(name for name in further if name in file))}


def write_arrays(arrays: Mapping[str, NDArray[Any]], path: Path) -> str:
    """Write an npz whose entries all bear the same date, whole or not at all; the SHA-256 of the file comes back."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, array, allow_pickle=False)
            info = zipfile.ZipInfo(name + ".npy", _EARLIEST)
            file.writestr(info, entry.getvalue(), zipfile.ZIP_DEFLATED, 9)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(packed.getvalue())
    beside.replace(path)
    return sha256(packed.getvalue()).hexdigest()
