"""Model files: learned weights with everything needed to use them, to check them and to make them again.

A file is an npz: the buckets that carry weight (as differences), a row of whole-number weights per output, the scale
of each output, its bias, and a card in JSON. Equal models are equal files, byte by byte.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError
from feedback_engine.nlp.ngrams import HASH_BITS, LONGEST_RUN, NGRAMS_VERSION, SIZES

FORMAT = 1
_ARRAYS = ("buckets", "weights", "scale", "bias", "card")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
#: What must agree between a file and this program for its buckets to mean the same.
HASH_SPEC = {"version": NGRAMS_VERSION, "bits": HASH_BITS, "sizes": SIZES, "run": LONGEST_RUN}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RowSpec:
    """How the n-grams of a text become values: each over (their total + prior) ** power, times gain."""

    #: "count", "presence" (once however often) or "log" (log1p of the count, in whole 1/256).
    value: str = "count"
    power: float = 0.5
    prior: float = 0.0
    gain: float = 1.0
    #: N-grams that begin in so many first positions (a title) count once more, with weights of their own: their count
    #: over the root of their total, times that gain.
    opening: int = 0
    opening_gain: float = 0.7


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one or more outputs over the same n-grams; log odds = scale x weights x values + bias."""

    task: str
    outputs: tuple[str, ...]
    spec: RowSpec
    #: Buckets that carry weight, in ascending order.
    buckets: NDArray[np.int64]
    #: Whole numbers, one row per output, one column per bucket.
    weights: NDArray[np.int16] | NDArray[np.int8]
    scale: Floats
    bias: Floats
    #: Training sets, seed, measured figures, calibration, golden predictions: what `describe` tells.
    card: Mapping[str, Any]
    #: SHA-256 of the file the model was read from.
    fingerprint: str = ""


#: The first bytes of a model, which is a ZIP file.
_SIGN = b"PK"


def load_model(path: Path) -> Model:
    """Return the model of a file; LexiconError if it is none, damaged or made for another version."""
    try:
        data = path.read_bytes()
        if data[: len(_SIGN)] != _SIGN:
            raise LexiconError(f"{path}: 不是模型文件；模型由 feedback-engine train 写出")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
        card = json.loads(arrays["card"].tobytes().decode("utf-8"))
        model = _assemble(arrays, card, sha256(data).hexdigest())
    except FileNotFoundError as error:
        raise LexiconError(
            f"{path}: 没有这个模型文件；用 feedback-engine train 生成，或改用 tagging.scorer: lexicon"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise LexiconError(f"{path}: 模型文件损坏或不完整（{error}）；请重新生成") from error
    if card["format"] != FORMAT or card["hash"] != HASH_SPEC:
        raise LexiconError(
            f"{path}: 模型由另一版本生成（{card['hash']}，本版本 {HASH_SPEC}）；请用 feedback-engine train 重新生成"
        )
    return model


def _assemble(arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any], fingerprint: str) -> Model:
    buckets = np.cumsum(arrays["buckets"], dtype=np.int64)
    weights, scale, bias = arrays["weights"], arrays["scale"], arrays["bias"]
    outputs = tuple(card["outputs"])
    if weights.shape != (len(outputs), len(buckets)) or not len(outputs) == len(scale) == len(bias):
        raise ValueError(f"weights {weights.shape}, outputs {len(outputs)}, buckets {len(buckets)}")
    if len(buckets) and not 0 < buckets[0] <= buckets[-1] < 1 << HASH_BITS:
        raise ValueError(f"buckets {buckets[0]}..{buckets[-1]}")
    return Model(card["task"], outputs, RowSpec(**card["values"]), buckets, weights, scale, bias, card, fingerprint)


def save_model(model: Model, path: Path) -> str:
    """Write the model, the same bytes for the same model; the SHA-256 of the file comes back."""
    fixed = {"format": FORMAT, "hash": HASH_SPEC, "task": model.task, "outputs": list(model.outputs)}
    card = {**model.card, **fixed, "values": asdict(model.spec)}
    # bytes pack better bucket by bucket: in most buckets few outputs have weight
    weights = np.asfortranarray(model.weights) if model.weights.dtype == np.int8 else model.weights
    arrays: dict[str, NDArray[Any]] = {
        "buckets": np.diff(model.buckets, prepend=0).astype(np.uint32),
        "weights": weights,
        "scale": model.scale,
        "bias": model.bias,
        "card": np.frombuffer(json.dumps(card, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8),
    }
    data = _pack(arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(data)
    beside.replace(path)
    return sha256(data).hexdigest()


def _pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return an npz whose entries all bear the same date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, array, allow_pickle=False)
            info = zipfile.ZipInfo(name + ".npy", _EARLIEST)
            file.writestr(info, entry.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()
