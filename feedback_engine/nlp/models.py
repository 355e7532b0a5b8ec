"""Model files: learned weights with everything needed to use them, to check them and to make them again.

A file is an npz: the buckets that carry weight (as differences), a row of whole-number weights per output, the scale
of each output, its bias, and a card in JSON. Where weights were learned with a word space, what they owe to it is kept
as a few numbers per output and worked out when the file is read. Equal models are equal files, byte by byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedback_engine.errors import LexiconError
from feedback_engine.lexicon.columns import Floats
from feedback_engine.nlp.ngrams import HASH_BITS, LONGEST_RUN, NGRAMS_VERSION, SIZES
from feedback_engine.nlp.packing import UNREADABLE, read_arrays, write_arrays
from feedback_engine.nlp.wordspace import WORDS_FILE, WordSpace, load_shipped_words, unite

FORMAT = 1
#: Logarithms of counts are rounded to this part of 1, so that their sums are exact.
LOG_UNIT = 256
_ARRAYS, _FACTORS = ("buckets", "weights", "scale", "bias", "card"), ("factors", "factor_scale")
#: What must agree between a file and this program for its buckets to mean the same.
HASH_SPEC = {"version": NGRAMS_VERSION, "bits": HASH_BITS, "sizes": SIZES, "run": LONGEST_RUN}


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


class Owed(NamedTuple):
    """What the directions of a word space weigh: whole numbers, shape (outputs, dimensions), and their scale."""

    factors: NDArray[np.int16]
    scale: Floats


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
    #: What the weights owe to a word space, unless they hold it.
    owed: Owed | None = None
    #: SHA-256 of the file the model was read from.
    fingerprint: str = ""


#: The first bytes of a model, which is a ZIP file.
_SIGN = b"PK"
#: So much finer are weights once they hold what they owe to a word space; 16 bits hold those of up to 4,095 levels.
FINER = 8


def load_model(path: Path) -> Model:
    """Return the model of a file; LexiconError if it is none, damaged or made for another version."""
    data, arrays, card = _read(path, _ARRAYS, _FACTORS)
    try:
        model = _assemble(arrays, card, sha256(data).hexdigest())
    except (ValueError, KeyError, TypeError) as error:
        raise _tell_damaged(path, error) from error
    return model if model.owed is None else settle(model, _load_owed(path, card["words"]))


def read_card(path: Path) -> Mapping[str, Any]:
    """Return the card of a model file alone; LexiconError as for the model."""
    card: Mapping[str, Any] = _read(path, ("card",), ())[-1]
    return card


def _read(path: Path, names: Sequence[str], further: Sequence[str]) -> tuple[bytes, dict[str, NDArray[Any]], Any]:
    """Return a model file, these arrays of it and its card."""
    try:
        data = path.read_bytes()
        if data[: len(_SIGN)] != _SIGN:
            raise LexiconError(f"{path}: 不是模型文件；模型由 feedback-engine train 写出")
        arrays = read_arrays(data, names, further)
        card = json.loads(arrays["card"].tobytes().decode("utf-8"))
        version, hashed = card["format"], card["hash"]
    except FileNotFoundError as error:
        raise LexiconError(
            f"{path}: 没有这个模型文件；用 feedback-engine train 生成，或改用 tagging.scorer: lexicon"
        ) from error
    except UNREADABLE as error:
        raise _tell_damaged(path, error) from error
    if version != FORMAT or hashed != HASH_SPEC:
        raise LexiconError(
            f"{path}: 模型由另一版本生成（{hashed}，本版本 {HASH_SPEC}）；请用 feedback-engine train 重新生成"
        )
    return data, arrays, card


def _tell_damaged(path: Path, error: Exception) -> LexiconError:
    return LexiconError(f"{path}: 模型文件损坏或不完整（{error}）；请重新生成")


def _load_owed(path: Path, fingerprint: str) -> WordSpace:
    """Return the word space that lies beside the model, or the shipped one."""
    words = load_shipped_words(path)
    if words.fingerprint != fingerprint:
        raise LexiconError(f"{path}: 模型要与它一起生成的 {WORDS_FILE}；请把两个文件从同一处一并复制")
    return words


def settle(model: Model, words: WordSpace) -> Model:
    """Return the model with what it owes to the word space as weights of the words' n-grams."""
    if model.owed is None:
        return model
    scale = model.scale / FINER
    buckets = unite(model.buckets, words.buckets)
    rows = np.zeros((len(buckets), len(model.outputs)), dtype=np.int16)
    rows[buckets.searchsorted(model.buckets)] = model.weights.T
    rows *= FINER
    shares = words.share(model.owed.factors) * (model.owed.scale / scale)
    rows[buckets.searchsorted(words.buckets)] += np.rint(shares).astype(np.int16)
    return replace(model, buckets=buckets, weights=rows.T, scale=scale, owed=None)


def _assemble(arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any], fingerprint: str) -> Model:
    buckets = np.cumsum(arrays["buckets"], dtype=np.int64)
    weights, scale, bias = arrays["weights"], arrays["scale"], arrays["bias"]
    outputs = tuple(card["outputs"])
    if weights.shape != (len(outputs), len(buckets)) or not len(outputs) == len(scale) == len(bias):
        raise ValueError(f"weights {weights.shape}, outputs {len(outputs)}, buckets {len(buckets)}")
    if len(buckets) and not 0 < buckets[0] <= buckets[-1] < 1 << HASH_BITS:
        raise ValueError(f"buckets {buckets[0]}..{buckets[-1]}")
    owed = Owed(arrays["factors"], arrays["factor_scale"]) if "factors" in arrays else None
    spec = RowSpec(**card["values"])
    return Model(card["task"], outputs, spec, buckets, weights, scale, bias, card, owed, fingerprint)


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
    if model.owed is not None:
        arrays |= dict(zip(_FACTORS, model.owed, strict=True))
    return write_arrays(arrays, path)
