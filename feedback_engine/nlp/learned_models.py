"""The model files that the learned scorer reads: which they are, their digests, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from feedback_engine.errors import LexiconError, tell_os_error
from feedback_engine.lexicon.model import Pack
from feedback_engine.nlp.complaint_facts import OF_COMPLAINTS
from feedback_engine.nlp.domains import Domains
from feedback_engine.nlp.facts import OF_TEXTS
from feedback_engine.nlp.heads import PackHeads
from feedback_engine.nlp.hints import PackHints
from feedback_engine.nlp.judge import Judge, load_judge
from feedback_engine.nlp.learned_details import DetailWeights
from feedback_engine.nlp.mention_facts import OF_MENTIONS
from feedback_engine.nlp.models import load_model
from feedback_engine.nlp.naming import OF_NAMES
from feedback_engine.nlp.posts import OF_POSTS, PostHead
from feedback_engine.nlp.two_sided import SideWeights
from feedback_engine.nlp.weighing import Weights
from feedback_engine.nlp.weights import WeightTable

#: What there are judges for, in the order of their files.
SUBJECTS = (OF_TEXTS, OF_POSTS, OF_NAMES, OF_MENTIONS, OF_COMPLAINTS)
SENTIMENT_FILE, CLAUSES_FILE, DETAILS_FILE, SIDES_FILE = "sentiment.npz", "clauses.npz", "details.npz", "sides.npz"


class Judges(NamedTuple):
    """What decides, from all that words and weights say; in the order of SUBJECTS."""

    #: Of a text, and of one that may be a post.
    texts: Judge
    posts: Judge
    #: Which touchpoints a text speaks of, how, and whether it complains.
    names: Judge
    mentions: Judge
    complaints: Judge


class LearnedModels(NamedTuple):
    """What has been learned."""

    weights: Weights
    #: The weights for what complaints tell beside their type, and for remarks that praise and blame at once.
    details: DetailWeights
    sides: SideWeights
    judges: Judges
    #: The weights that the pack names: for touchpoints and complaint types, for posts, for what is told without words
    #: for it; None where it names none.
    heads: PackHeads | None
    posts: PostHead | None
    hints: PackHints | None


def digest_models(folder: Path, judges: Sequence[Path], pack: Pack | None) -> Iterator[str]:
    """Yield the SHA-256 of each file; LexiconError for one that cannot be read."""
    shipped = (folder / name for name in (SENTIMENT_FILE, CLAUSES_FILE, DETAILS_FILE, SIDES_FILE))
    for path in (*shipped, *judges):
        yield _digest(path, "读不到模型文件", "可改用 tagging.scorer: lexicon")
    if pack:
        problem = f"行业包 {pack.code} 写明的模型文件读不到"
        way_out = "请改正包里的模型名，或用 feedback-engine train 生成"
        yield from (_digest(folder / f"{name}.npz", problem, way_out) for name in pack.models if name)


def _digest(path: Path, problem: str, way_out: str) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise LexiconError(f"{path}: {problem}（{tell_os_error(error)}）；{way_out}") from error


def load_models(folder: Path, judges: Sequence[Path], pack: Pack | None) -> LearnedModels:
    """Return what the files hold; LexiconError for one that is damaged or of another task."""
    text, clauses = load_model(folder / SENTIMENT_FILE), load_model(folder / CLAUSES_FILE)
    if text.task != "sentiment" or clauses.task != "clauses":
        raise LexiconError(f"{folder}: {SENTIMENT_FILE}、{CLAUSES_FILE} 的任务应是 sentiment、clauses")
    usual = float(text.card["calibration"]["unknown"])
    return LearnedModels(
        Weights(WeightTable.of(text), WeightTable.of(clauses), Domains(text.outputs), clauses.outputs, usual),
        DetailWeights(folder / DETAILS_FILE),
        SideWeights(folder / SIDES_FILE),
        Judges(*(load_judge(path, subject) for path, subject in zip(judges, SUBJECTS, strict=True))),
        PackHeads(pack, folder) if pack and pack.has_heads else None,
        PostHead(folder / f"{pack.post_model}.npz") if pack and pack.post_model else None,
        PackHints(pack, folder) if pack and pack.hint_model else None,
    )
