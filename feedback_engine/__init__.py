"""Customer feedback → satisfaction index scores per touchpoint: offline, reproducible, explained.

    import feedback_engine as fe

    engine = fe.FeedbackEngine.from_config("config.yaml")
    engine.tag("物流很快，但客服太差").sentiment.polarity

The heavy parts are imported when they are first used, so that `import feedback_engine` costs next to nothing.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from feedback_engine import errors
from feedback_engine.errors import FeedbackEngineError

if TYPE_CHECKING:
    from feedback_engine.engine import FeedbackEngine
    from feedback_engine.nlp.tagged import TaggedText
    from feedback_engine.scoring.result import IndexResult
    from feedback_engine.tables.summary import RunSummary

    __version__: str

# A library says nothing by itself: the application decides where the log goes.
logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = [
    "FeedbackEngine",
    "FeedbackEngineError",
    "IndexResult",
    "RunSummary",
    "TaggedText",
    "__version__",
    "errors",
]

_LAZY = {
    "FeedbackEngine": "feedback_engine.engine",
    "TaggedText": "feedback_engine.nlp.tagged",
    "IndexResult": "feedback_engine.scoring.result",
    "RunSummary": "feedback_engine.tables.summary",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _find_version()
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def _find_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("feedback-engine")
    except PackageNotFoundError:  # run from a bare checkout
        return "0"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
